/**
 * Six environments in six states, with everything they need, in one temporary folder. `atMs` shows them later in their lives: each
 * of their certificates is that much older, while the clock is still the machine's.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Configuration, loadConfiguration } from '../config/index.ts';
import { dayMs } from '../time/index.ts';
import { confined } from './confine.ts';
import { generateKeys, type KeyPair } from './keys.ts';
import { type CaughtMail, startMailCatcher } from './mail-catcher.ts';
import { startMesh } from './mesh-stand-in.ts';
import { type CertificateAuthority, createRoot, createSubCa, issueClient, issueServer } from './pki.ts';

export interface Estate {
  readonly folder: string;
  readonly configurationFile: string;
  /** The variables that the configuration's `{ env: … }` sources name. */
  readonly env: Readonly<Record<string, string>>;
  /** Reads the configuration. @throws {ConfigurationError} also if anything in it could leave this machine. */
  load(): Promise<Configuration>;
  /** Stops the servers and removes the folder. */
  stop(): Promise<void>;
}

export interface EstateOptions {
  readonly now: () => Date;
  readonly atMs: number;
  readonly port: number;
  readonly caught: (mail: CaughtMail) => void;
}

interface Pki {
  readonly root: CertificateAuthority;
  readonly sub: CertificateAuthority;
}

/** Days until the client certificate expires, when `atMs` is 0. */
const daysLeft = { integration: 140, production: 50, deployment: 300, standby: 200, legacy: -3 } as const;
type Client = keyof typeof daysLeft;

const mailboxOf: Record<Client | 'sandbox', string> = {
  integration: 'X26DEM1',
  production: 'X26DEM2',
  deployment: 'X26DEM3',
  standby: 'X26DEM4',
  legacy: 'X26DEM5',
  sandbox: 'X26DEM6',
};

/**
 * Creates the environments and starts their servers on free loopback ports. If it throws, nothing is left behind.
 * @throws {MissingPackageError} if the mail catcher's package is not installed.
 * @example
 * const estate = await createEstate({ now: () => new Date(), atMs: 0, port: 9807, caught: ({ file }) => console.log(file) });
 * await estate.stop();
 */
export async function createEstate(options: EstateOptions): Promise<Estate> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-demo-'));
  const secrets = {
    DEMO_KEY_PASSPHRASE: randomBytes(12).toString('hex'),
    DEMO_MAILBOX_PASSWORD: randomBytes(12).toString('hex'),
    DEMO_SHARED_KEY: randomBytes(12).toString('hex'),
  };
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const mail = await startMailCatcher(join(folder, 'mail'), options.caught);
    stops.push(mail.stop);
    const birth = new Date(options.now().getTime() - options.atMs);
    const [pathToLive, live] = await Promise.all([createPki('PTL', birth), createPki('Live', birth)]);
    const mesh = async (pki: Pki, demandsCertificate: boolean) => {
      const running = await startServer(pki, demandsCertificate, secrets, options.now);
      stops.push(running.stop);
      return running.url;
    };
    const urls = {
      pathToLive: await mesh(pathToLive, true),
      live: await mesh(live, true),
      sandbox: await mesh(pathToLive, false),
    };
    await writeCredentials(folder, { pathToLive, live }, birth, secrets.DEMO_KEY_PASSPHRASE);
    const configurationFile = join(folder, 'mesh-cert-monitor.yaml');
    await writeFile(configurationFile, stringify(configuration(urls, mail.port, options.port)));
    const load = async () => confined(await loadConfiguration(configurationFile), mail.port);
    return { folder, configurationFile, env: secrets, load, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createPki(name: string, birth: Date): Promise<Pki> {
  const notBefore = new Date(birth.getTime() - 4 * 365 * dayMs);
  const root = await createRoot({ commonName: `Demo ${name} Root Authority G2`, notBefore, years: 20 });
  return { root, sub: await createSubCa(root, { commonName: `Demo ${name} Authentication G2`, notBefore, years: 10 }) };
}

/** NHS England renews its servers' certificates, so `atMs` does not age this one. */
async function startServer(
  { root, sub }: Pki,
  demandsCertificate: boolean,
  secrets: { DEMO_MAILBOX_PASSWORD: string; DEMO_SHARED_KEY: string },
  now: () => Date,
) {
  const keys = await generateKeys('rsa-2048');
  const [notBefore, notAfter] = [-30, 335].map((days) => new Date(now().getTime() + days * dayMs)) as [Date, Date];
  const server = await issueServer(sub, {
    names: ['localhost', '127.0.0.1'],
    publicKey: keys.publicKey,
    notBefore,
    notAfter,
  });
  return startMesh({
    certificatePem: server.pem + sub.pem,
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ...(demandsCertificate ? { clientCaPem: root.pem + sub.pem } : {}),
    mailboxes: new Map(Object.values(mailboxOf).map((mailbox) => [mailbox, secrets.DEMO_MAILBOX_PASSWORD])),
    sharedKey: secrets.DEMO_SHARED_KEY,
    now,
  });
}

async function writeCredentials(
  folder: string,
  pkis: { pathToLive: Pki; live: Pki },
  birth: Date,
  passphrase: string,
): Promise<void> {
  await Promise.all(
    (Object.keys(daysLeft) as Client[]).map(async (name) => {
      const pki = name === 'production' ? pkis.live : pkis.pathToLive;
      const keys = await generateKeys('rsa-2048');
      const notAfter = new Date(birth.getTime() + daysLeft[name] * dayMs);
      const certificate = await issueClient(pki.sub, {
        commonName: `${mailboxOf[name].toLowerCase()}.x26.api.mesh-client.nhs.uk`,
        publicKey: keys.publicKey,
        notBefore: new Date(notAfter.getTime() - 3 * 365 * dayMs),
        notAfter,
      });
      const deployed = name === 'standby' ? await generateKeys('rsa-2048') : keys;
      const { root, sub } = pki;
      const [right, wrong] = [root.pem + sub.pem, sub.pem + root.pem];
      const at = join(folder, name);
      await mkdir(at, { mode: 0o700 });
      await Promise.all([
        writeFile(join(at, 'client.pem'), certificate.pem),
        writeFile(join(at, 'private_key.pem'), encrypted(deployed, passphrase), { mode: 0o600 }),
        writeFile(join(at, 'ca_bundle.pem'), name === 'deployment' ? wrong : right),
        ...(name === 'deployment' ? [writeFile(join(at, 'ca_bundle.root-first.pem'), right)] : []),
        ...(name === 'standby'
          ? [writeFile(join(at, 'private_key.right.pem'), encrypted(keys, passphrase), { mode: 0o600 })]
          : []),
      ]);
    }),
  );
  await writeFile(join(folder, 'conformance.txt'), 'Technical conformance certificate of the demonstration.\n');
}

const encrypted = (keys: KeyPair, passphrase: string) =>
  keys.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });

function configuration(
  urls: { pathToLive: string; live: string; sandbox: string },
  smtpPort: number,
  httpPort: number,
) {
  const mesh = (name: Client | 'sandbox', url: string) => ({
    url,
    mailbox_id: mailboxOf[name],
    password: { env: 'DEMO_MAILBOX_PASSWORD' },
    shared_key: { env: 'DEMO_SHARED_KEY' },
  });
  const credential = (name: Client) => ({
    certificate: { file: `${name}/client.pem` },
    private_key: { file: `${name}/private_key.pem` },
    passphrase: { env: 'DEMO_KEY_PASSPHRASE' },
    ca_bundle: { file: `${name}/ca_bundle.pem` },
  });
  const environment = (name: Client, preset: string, url: string, more = {}) => ({
    name,
    preset,
    mesh: mesh(name, url),
    credential: credential(name),
    renewal: { mode: 'send', desk: ['certificate-desk@example.org'], ...more },
  });
  return {
    application: 'Demonstration',
    ods_code: 'X26',
    contact: { name: 'Integration team', email: 'team@example.org', telephone: '0113 496 0000' },
    state_dir: 'state',
    http: { listen: `127.0.0.1:${httpPort}` },
    schedule: { check: '*/5 * * * * *', handshake: '*/5 * * * *' },
    email: { from: 'mesh-cert-monitor@example.org', smtp: { host: '127.0.0.1', port: smtpPort, tls: 'none' } },
    environments: [
      environment('integration', 'integration', urls.pathToLive),
      environment('production', 'production', urls.live, { enclose: [{ file: 'conformance.txt' }] }),
      environment('deployment', 'deployment', urls.pathToLive),
      environment('standby', 'integration', urls.pathToLive),
      environment('legacy', 'integration', urls.pathToLive),
      { name: 'sandbox', preset: 'sandbox', mesh: mesh('sandbox', urls.sandbox) },
    ],
  };
}

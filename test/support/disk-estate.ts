/** An estate on disk: a configuration file, and for each environment a folder with its credential. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNhsLikePki, type NhsLikePki, type PkiFiles, writePki } from './pki.ts';

const passphrase = 'planted-passphrase-7Q';

export interface DiskEstate {
  readonly directory: string;
  readonly config: string;
  readonly stateDir: string;
  /** What the configuration's `{ env }` sources need. */
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, PkiFiles>>;
  readonly pki: Readonly<Record<string, NhsLikePki>>;
  /** Rewrites the configuration, with other top-level keys or only some environments. */
  configure(more?: { names?: readonly string[]; top?: object; mesh?: object }): Promise<void>;
  remove(): Promise<void>;
}

/** Nothing listens at MESH's address, so a handshake is refused at once. */
export async function diskEstate(names: readonly string[], top: object = {}): Promise<DiskEstate> {
  const directory = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-estate-'));
  const [files, pki]: [Record<string, PkiFiles>, Record<string, NhsLikePki>] = [{}, {}];
  for (const name of names) {
    const made = await createNhsLikePki({ key: 'ec-p256', commonName: `${name}.x26.api.mesh-client.nhs.uk` });
    const folder = await mkdtemp(join(directory, `${name}-`));
    pki[name] = made;
    files[name] = await writePki(made, { directory: folder, passphrase });
  }
  const config = join(directory, 'mesh-cert-monitor.yaml');
  const stateDir = join(directory, 'state');
  const estate: DiskEstate = {
    directory,
    config,
    stateDir,
    env: { KEY_PASSPHRASE: passphrase, MAILBOX_PASSWORD: 'planted-password-8R', SHARED_KEY: 'planted-shared-key-9S' },
    files,
    pki,
    configure: (more = {}) =>
      // JSON is YAML.
      writeFile(config, JSON.stringify(configuration(more.names ?? names, files, { ...top, ...more.top }, more.mesh))),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
  await estate.configure();
  return estate;
}

function configuration(names: readonly string[], files: DiskEstate['files'], top: object, mesh: object = {}) {
  return {
    application: 'Mavis',
    ods_code: 'X26',
    contact: { name: 'Sample Contact', email: 'contact@example.nhs.uk', telephone: '0113 000 0000' },
    state_dir: 'state',
    http: { listen: '127.0.0.1:0' },
    schedule: { check: '* * * * * *', handshake: '0 3 * * *' },
    ...top,
    environments: names.map((name) => ({
      name,
      preset: 'integration',
      mesh: {
        url: 'https://127.0.0.1:1',
        mailbox_id: 'X26ABC1',
        password: { env: 'MAILBOX_PASSWORD' },
        shared_key: { env: 'SHARED_KEY' },
        ...mesh,
      },
      credential: {
        certificate: { file: files[name]?.certificate },
        private_key: { file: files[name]?.privateKey },
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: files[name]?.caBundle },
      },
    })),
  };
}

/** An estate on disk for measurements: for each environment a certificate and an encrypted key of its own; all share one CA bundle. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeys } from '../src/demo/keys.ts';
import { addYears, createRoot, createSubCa, issueClient } from '../src/demo/pki.ts';

export const passphrase = 'bench';

export interface Place {
  readonly certificate: string;
  readonly key: string;
  readonly bundle: string;
}

export interface Estate {
  readonly directory: string;
  readonly config: string;
  readonly places: readonly Place[];
  /** Removes the state directory, so that the next start is the first. */
  forget(): void;
  remove(): void;
}

/** Every file differs except the bundle. Only 20 different RSA keys, because generating more takes minutes. */
export async function writeEstate(count: number, top: object = {}): Promise<Estate> {
  const directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-bench-'));
  const past = addYears(new Date(), -1);
  const root = await createRoot({ commonName: 'Bench Root', notBefore: past, years: 20 });
  const sub = await createSubCa(root, { commonName: 'Bench Sub', notBefore: past, years: 10 });
  const keys = await Promise.all(Array.from({ length: 20 }, () => generateKeys('rsa-2048')));
  const bundle = join(directory, 'ca_bundle.pem');
  writeFileSync(bundle, root.pem + sub.pem);
  const places: Place[] = [];
  for (let index = 0; index < count; index += 1) {
    const pair = keys[index % keys.length] as (typeof keys)[0];
    const commonName = `e${index}.x26.api.mesh-client.nhs.uk`;
    const client = await issueClient(sub, { commonName, publicKey: pair.publicKey, notBefore: past });
    const folder = join(directory, String(index));
    mkdirSync(folder);
    const [certificate, key] = [join(folder, 'client.pem'), join(folder, 'private_key.pem')];
    writeFileSync(certificate, client.pem);
    const encrypted = pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
    writeFileSync(key, encrypted, { mode: 0o600 });
    places.push({ certificate, key, bundle });
  }
  const config = join(directory, 'config.yaml');
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(configuration(places, top), undefined, 1));
  return {
    directory,
    config,
    places,
    forget: () => rmSync(join(directory, 'state'), { recursive: true, force: true }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Checks on no schedule that falls into a run, and nothing listens at MESH's address. */
function configuration(places: readonly Place[], top: object): object {
  return {
    application: 'Bench',
    ods_code: 'X26',
    contact: { name: 'Bench', email: 'bench@example.nhs.uk', telephone: '0113 000 0000' },
    state_dir: 'state',
    http: { listen: '127.0.0.1:0' },
    schedule: { check: '0 3 1 1 *', handshake: '0 3 1 1 *' },
    ...top,
    environments: places.map(({ certificate, key, bundle }, index) => ({
      name: `environment-${index}`,
      preset: 'integration',
      mesh: { url: 'https://127.0.0.1:1', mailbox_id: `X26E${index}`, password: 'bench', shared_key: 'bench' },
      credential: {
        certificate: { file: certificate },
        private_key: { file: key },
        passphrase,
        ca_bundle: { file: bundle },
      },
    })),
  };
}

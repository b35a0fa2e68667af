/** A configuration of many environments with one credential, each with MESH at a different address. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createNhsLikePki, type NhsLikePki, writePki } from '../pki.ts';

export interface Many {
  readonly config: string;
  readonly pki: NhsLikePki;
  /** What the configuration's `{ env }` sources need. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export interface Each {
  readonly name: string;
  /** What its `mesh` section contains in addition to mailbox, password and shared key. */
  readonly mesh: { readonly url: string } & Readonly<Record<string, unknown>>;
}

export async function manyEnvironments(
  environments: (pki: NhsLikePki) => readonly Each[] | Promise<readonly Each[]>,
  top: object = {},
): Promise<Many> {
  const pki = await createNhsLikePki({ key: 'ec-p256' });
  const files = await writePki(pki);
  const config = join(files.directory, 'mesh-cert-monitor.yaml');
  const document = {
    application: 'Mavis',
    ods_code: 'X26',
    contact: { name: 'Sample Contact', email: 'contact@example.nhs.uk', telephone: '0113 000 0000' },
    http: { listen: '127.0.0.1:0' },
    ...top,
    environments: (await environments(pki)).map(({ name, mesh }) => ({
      name,
      preset: 'integration',
      mesh: {
        mailbox_id: 'X26ABC1',
        password: { env: 'MAILBOX_PASSWORD' },
        shared_key: { env: 'SHARED_KEY' },
        ...mesh,
      },
      credential: {
        certificate: { file: 'client.pem' },
        private_key: { file: 'private_key.pem' },
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: 'ca_bundle.pem' },
      },
    })),
  };
  // JSON is YAML.
  await writeFile(config, JSON.stringify(document));
  return {
    config,
    pki,
    env: { KEY_PASSPHRASE: files.passphrase, MAILBOX_PASSWORD: 'password', SHARED_KEY: 'TestKey' },
    remove: files.remove,
  };
}

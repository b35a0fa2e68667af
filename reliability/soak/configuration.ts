import { join } from 'node:path';
import type { Place } from './estate.ts';

export const deskOf = 'desk@example.nhs.uk';

/** Half of the environments ask with a new key, the others with the deployed one. */
export function configurationFor(places: readonly Place[], mailPort: number): object {
  return {
    application: 'Soak',
    ods_code: 'X26',
    contact: { name: 'Sample Contact', email: 'contact@example.nhs.uk', telephone: '0113 496 0000' },
    state_dir: 'state',
    email: { from: 'monitor@example.nhs.uk', smtp: { host: '127.0.0.1', port: mailPort, tls: 'none' } },
    environments: places.map(({ name, folder }, number) => ({
      name,
      preset: 'integration',
      mesh: { url: 'https://127.0.0.1:1', mailbox_id: `X26${String(number).padStart(4, '0')}`, probe: 'ping' },
      credential: {
        certificate: { file: join(folder, 'client.pem') },
        private_key: { file: join(folder, 'key.pem') },
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: join(folder, 'ca.pem') },
      },
      renewal: { mode: 'send', key: number % 2 === 0 ? 'reuse' : 'new', desk: [deskOf] },
    })),
  };
}

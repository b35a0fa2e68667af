/** Where what was accepted is ready to be deployed. */
import { join } from 'node:path';
import { pendingDirectory } from '../store/pending-files.ts';
import type { RenewalRecord } from '../types.ts';

export function laidOutAt(record: RenewalRecord, stateDir: string) {
  const directory = join(stateDir, pendingDirectory(record));
  return {
    certificate: join(directory, 'client.pem'),
    caBundle: join(directory, 'ca_bundle.pem'),
    instructions: join(directory, 'INSTRUCTIONS.txt'),
  };
}

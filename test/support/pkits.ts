/** NIST PKITS, which the project does not ship: `.ci/run` unpacks it from PyPI's `cryptography-vectors`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.PKITS_DATA ?? join(import.meta.dirname, '..', '..', '.tools', 'pkits', 'PKITS_data');
let said = false;

/** The folder of the suite; undefined if it is not there, which is a failure under CI. */
export function pkitsFolder(): string | undefined {
  if (existsSync(join(folder, 'certs'))) return folder;
  if (process.env.CI === 'true') throw new Error(`NIST PKITS is not at ${folder}, and CI needs it`);
  if (!said) process.stderr.write('skipped: tests that need NIST PKITS (PKITS_DATA), which is not installed\n');
  said = true;
  return undefined;
}

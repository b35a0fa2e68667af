/** `request`: whether the first certificate of an environment may be asked for. */
import type { Configuration, ResolvedEnvironment } from '../../config/index.ts';
import type { Examination } from '../../examine/index.ts';
import { ourCommand, type SafeText, say } from '../../text/index.ts';
import { clientCertificate } from '../decide.ts';
import { isFirst } from '../first.ts';
import { renewalsOf } from '../resolve.ts';
import { databaseExists, openReader } from '../store/store.ts';
import type { RenewalSubject } from './renew.ts';

/**
 * @returns `refused` when a certificate is deployed, or was ever seen for this environment: then it is a renewal.
 * @throws {StoreError} when the record of renewals cannot be read.
 */
export function firstSubject(
  { stateDir, path, environments }: Configuration,
  environment: ResolvedEnvironment,
  examination: Examination,
): RenewalSubject | { readonly refused: SafeText } {
  const { name } = environment;
  const instead = say`use: ${ourCommand('renew', { configurationFile: path, environment: name })}`;
  if (clientCertificate(examination.assessment)) return { refused: say`${name} has a certificate already; ${instead}` };
  const missing = examination.credential.missing ?? [];
  if (!missing.includes('certificate') && !missing.includes('keystore'))
    return { refused: say`${name} has a certificate already, but it cannot be read; run check to see why` };
  const names = new Set(environments.map((each) => each.name));
  if (wasSeen(stateDir, environment, names))
    return {
      refused: say`a certificate of ${name} was deployed before, and its files are gone: restore them, then ${instead}`,
    };
  return { environment, examination };
}

function wasSeen(stateDir: string, environment: ResolvedEnvironment, names: ReadonlySet<string>): boolean {
  if (!databaseExists(stateDir)) return false;
  const reader = openReader(stateDir);
  try {
    return renewalsOf(reader, environment, names).some((record) => !isFirst(record) || record.state === 'deployed');
  } finally {
    reader.close();
  }
}

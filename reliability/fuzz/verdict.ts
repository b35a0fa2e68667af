/** The properties of every verdict on a credential, whatever form it has. */
import { type Inspection, inspect } from 'mesh-cert-monitor';
import { isTreacherous } from '../../src/text/index.ts';
import { type Material, passphrase } from './material.ts';
import { type DeployedBytes, opensslRefuses } from './openssl.ts';
import { must, type Outcome } from './reader.ts';

/** The one critical finding that refuses nothing: not yet expired. */
const advice = 'certificate_expires_imminently';

/**
 * Judges the credential and holds the verdict against OpenSSL's on the same octets.
 * @param asks - false where OpenSSL has no reader for the form
 */
export async function judged(deployed: DeployedBytes, material: Material, asks = true): Promise<Outcome> {
  const inspection = await inspect({ ...deployed, passphrase });
  holds(inspection);
  if (!inspection.valid) return 'refused';
  const refusal = asks ? await opensslRefuses({ ...deployed, passphrase }, material.server) : undefined;
  // What only we can read is valid in what it says, and a finding says that no client can load it.
  const isTold = inspection.findings.some(({ code }) => code === 'client_cannot_read_file');
  must(refusal === undefined || isTold, `valid, but OpenSSL refuses the same octets: ${refusal}`);
  return 'accepted';
}

function holds({ valid, findings, ...rest }: Inspection): void {
  const critical = findings.filter(({ code, severity }) => severity === 'critical' && code !== advice);
  must(valid || critical.length > 0, 'invalid without a critical finding');
  const said = stringsIn([findings, rest]);
  must(!said.some(isTreacherous), 'text of others is shown as it is');
  must(!said.some((text) => text.includes(passphrase)), 'the passphrase is shown');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

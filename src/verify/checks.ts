/** Which check each finding turns red, and which checks there are for what is configured. */
import type { DeployedCredential } from '../credential/index.ts';
import { type CheckName, catalogue, type Finding } from '../findings/index.ts';
import type { Rehearsal } from './types.ts';

/** The check that a finding fails; undefined for advice. */
export const checkOf = ({ code }: Finding): CheckName | undefined => catalogue[code].check;

/** True when the credential cannot be used as long as the finding stands. */
export const invalidates = (finding: Finding): boolean =>
  finding.severity === 'critical' && checkOf(finding) !== undefined;

/**
 * A check is absent when its input is not configured; it fails when a finding says so, and also when its input is configured and could
 * not be read, for then nobody knows that it holds. The rehearsal passes only when OpenSSL accepted.
 */
export function checksOf(
  credential: DeployedCredential,
  findings: readonly Finding[],
  rehearsal: Rehearsal | undefined,
): Partial<Record<CheckName, boolean>> {
  const { configured } = credential;
  const certificate = input(configured.certificate, credential.certificate !== undefined);
  const privateKey = input(configured.privateKey, credential.privateKey !== undefined);
  const caBundle = input(configured.caBundle, credential.bundle.length > 0);
  const inputs: Record<CheckName, boolean | undefined> = {
    readable: configured.certificate || configured.privateKey || configured.caBundle ? true : undefined,
    key_match: all(certificate, privateKey),
    // The order inside a keystore is its tool's, and no rule applies to it.
    chain_order: credential.bundleInKeystore ? undefined : caBundle,
    chain_valid: all(certificate, caBundle),
    validity: certificate,
    naming: certificate,
    strength: certificate,
    rehearsal: all(certificate, privateKey, caBundle, rehearsal?.accepted ?? false),
  };
  const failed = new Set(findings.map(checkOf));
  const entries = Object.entries(inputs) as [CheckName, boolean | undefined][];
  return Object.fromEntries(
    entries
      .filter(([, present]) => present !== undefined)
      .map(([name, present]) => [name, present && !failed.has(name)]),
  );
}

const input = (configured: boolean, present: boolean) => (configured ? present : undefined);

/** Absent when one of them is not configured, else whether all are there. */
const all = (...inputs: (boolean | undefined)[]) =>
  inputs.includes(undefined) ? undefined : inputs.every((each) => each === true);

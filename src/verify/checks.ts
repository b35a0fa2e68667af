/** Which check each finding fails, and which checks apply to what is configured. */
import type { DeployedCredential } from '../credential/index.ts';
import { type CheckName, catalogue, type Finding } from '../findings/index.ts';
import type { Rehearsal } from './types.ts';

/** The check that a finding fails; undefined for advice. */
export const checkOf = ({ code }: Finding): CheckName | undefined => catalogue[code].check;

/** True when the credential cannot be used while the finding is present. */
export const invalidates = (finding: Finding): boolean =>
  finding.severity === 'critical' && checkOf(finding) !== undefined;

/** A check that did not pass names the findings that say why; the type does not allow a failure without a reason. */
type Verdict = 'passed' | readonly [Finding, ...Finding[]];

/**
 * A check is absent when its input is not configured. It fails when a finding says so, and also when its input is configured but could not
 * be read, because then nobody knows whether it holds.
 * @throws {Error} when an input is missing and no finding says why: a bug in a reader
 */
export function checksOf(
  credential: DeployedCredential,
  findings: readonly Finding[],
  rehearsal: Rehearsal | undefined,
): Partial<Record<CheckName, boolean>> {
  const verdicts = Object.entries(inputsOf(credential)).flatMap(([name, inputs]) => {
    if (!inputs) return [];
    const check = name as CheckName;
    return [[check, verdictOf(check, inputs, findings, rehearsal) === 'passed'] as const];
  });
  return Object.fromEntries(verdicts);
}

/** Whether each input of a check could be read; undefined where one of them is not configured. */
function inputsOf(credential: DeployedCredential): Record<CheckName, readonly boolean[] | undefined> {
  const { configured } = credential;
  const certificate = input(configured.certificate, credential.certificate !== undefined);
  const privateKey = input(configured.privateKey, credential.privateKey !== undefined);
  const caBundle = input(configured.caBundle, credential.bundle.length > 0);
  return {
    readable: configured.certificate || configured.privateKey || configured.caBundle ? [] : undefined,
    key_match: all(certificate, privateKey),
    // The tool that writes a keystore decides the order inside it, so no rule applies.
    chain_order: credential.bundleInKeystore ? undefined : all(caBundle),
    chain_valid: all(certificate, caBundle),
    validity: all(certificate),
    naming: all(certificate),
    strength: all(certificate),
    rehearsal: all(certificate, privateKey, caBundle),
  };
}

const input = (configured: boolean, present: boolean) => (configured ? present : undefined);

const all = (...inputs: (boolean | undefined)[]) => {
  const configured = inputs.filter((each) => each !== undefined);
  return configured.length < inputs.length ? undefined : configured;
};

function verdictOf(
  check: CheckName,
  inputs: readonly boolean[],
  findings: readonly Finding[],
  rehearsal: Rehearsal | undefined,
): Verdict {
  const own = findings.filter((each) => checkOf(each) === check);
  if (isSome(own)) return own;
  const against = findings.filter(invalidates);
  if (inputs.includes(false)) {
    if (isSome(against)) return against;
    throw new Error(`the check ${check} has no input, and no finding says why`);
  }
  // If our rules also refuse what OpenSSL refuses, their finding says why. If there is none, OpenSSL judged at another time.
  return check === 'rehearsal' && rehearsal?.accepted !== true && isSome(against) ? against : 'passed';
}

const isSome = (findings: readonly Finding[]): findings is readonly [Finding, ...Finding[]] => findings.length > 0;

/** Which check each finding fails, and which checks apply to what is configured. */
import type { DeployedCredential } from '../credential/index.ts';
import { type CheckName, catalogue, type Finding } from '../findings/index.ts';
import type { Rehearsal } from '../rehearsal/index.ts';

/** The check that a finding fails; undefined for advice. */
export const checkOf = ({ code }: Finding): CheckName | undefined => catalogue[code].check;

/** True when the credential cannot be used while the finding is present. */
export const invalidates = (finding: Finding): boolean =>
  finding.severity === 'critical' && checkOf(finding) !== undefined;

/** A check that did not pass names the findings that say why; the type does not allow a failure without a reason. */
type Verdict = 'passed' | { readonly judged: boolean; readonly because: readonly [Finding, ...Finding[]] };

type Results = Readonly<Partial<Record<CheckName, boolean>>>;

export interface Checks {
  readonly checks: Results;
  /** False for a check that could not be made because its input could not be read. It has not passed, and nothing is known to be wrong. */
  readonly judged: Results;
}

/**
 * A check is absent when its input is not configured. It fails when a finding says so. When its input is configured and could not be read, it
 * has not passed either, because nobody knows that it holds, and is not judged.
 * @throws {Error} when an input is missing and no finding says why: a bug in a reader
 */
export function checksOf(
  credential: DeployedCredential,
  findings: readonly Finding[],
  rehearsal: Rehearsal | undefined,
): Checks {
  const verdicts = Object.entries(inputsOf(credential)).flatMap(([name, inputs]) => {
    if (!inputs) return [];
    return [[name, verdictOf(name as CheckName, inputs, findings, rehearsal)] as const];
  });
  return {
    checks: Object.fromEntries(verdicts.map(([name, verdict]) => [name, verdict === 'passed'])),
    judged: Object.fromEntries(verdicts.map(([name, verdict]) => [name, verdict === 'passed' || verdict.judged])),
  };
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
  if (isSome(own)) return { judged: true, because: own };
  const against = findings.filter(invalidates);
  if (inputs.includes(false)) {
    if (isSome(against)) return { judged: false, because: against };
    throw new Error(`the check ${check} has no input, and no finding says why`);
  }
  // If our rules also refuse what OpenSSL refuses, their finding says why. If there is none, OpenSSL judged at another time.
  return check === 'rehearsal' && rehearsal?.accepted !== true && isSome(against)
    ? { judged: true, because: against }
    : 'passed';
}

const isSome = (findings: readonly Finding[]): findings is readonly [Finding, ...Finding[]] => findings.length > 0;

/** From findings to one cause, its consequences and the first thing to do. Pure. */
import { type Finding, severities } from '../findings/index.ts';
import { escaped, joined, literal, type SafeText } from '../text/index.ts';
import { runnable } from './commands.ts';
import { explains } from './explains.ts';
import { headlineOf } from './headline.ts';
import { rankOf } from './rank.ts';
import { rules } from './rules/all.ts';
import type { Diagnosis, Evidence, Rule, Wording } from './types.ts';
import { contact, sentence } from './words.ts';

/**
 * One fault usually raises several findings. The rules say which of them is the cause; the others become information about it.
 * @example
 * const { cause, firstAction, findings } = diagnose({ findings, assessment, handshake, environment, now });
 */
export function diagnose(evidence: Evidence): Diagnosis {
  const { causes, wordings } = applied(evidence);
  const rootOf = (finding: Finding): Finding => {
    const cause = causes.get(finding);
    return cause ? rootOf(cause) : finding;
  };
  const families = Map.groupBy(evidence.findings, rootOf);
  const roots = [...families].map(([root, family]): Root => {
    const wording = wordings.get(root) ?? {};
    const finding = reworded({ ...root, severity: worst(family) }, wording, evidence);
    const others = family.filter((each) => each !== root);
    return { finding, wording, consequences: others.map((each) => asConsequence(each, root, evidence)) };
  });
  const worrying = roots.filter(({ finding }) => finding.severity !== 'info').sort(worstAndFirst);
  const troubles = worrying.length > 0 ? worrying : roots.filter(waitsForSomebody);
  const [first, ...others] = troubles;
  const findingsOf = (some: readonly Root[]) => some.map(({ finding }) => finding);
  return {
    ...(first ? { cause: first.finding } : {}),
    headline: headlineOf(evidence, first?.finding, first?.wording),
    firstAction: first?.finding.remedy ?? literal('Nothing.'),
    lastingAction: first ? remedyOf(first.finding, { ...first.wording, calls: false }, evidence) : literal('Nothing.'),
    ...(first?.wording.command ? { command: escaped(first.wording.command) } : {}),
    consequences: first?.consequences ?? [],
    alsoNeedsAttention: findingsOf(others),
    findings: [
      ...findingsOf(troubles),
      ...roots.flatMap(({ consequences }) => consequences),
      ...findingsOf(roots.filter((each) => !troubles.includes(each))),
    ],
  };
}

/** A finding that follows from no other. */
interface Root {
  readonly finding: Finding;
  readonly wording: Wording;
  readonly consequences: readonly Finding[];
}

/** Information, and nothing is wrong; but nothing goes on by itself either. */
const waitsForSomebody = ({ finding }: Root) => finding.code === 'renewal_not_deployed';

interface Applied {
  /** Consequence to cause, which may itself be a consequence. */
  readonly causes: ReadonlyMap<Finding, Finding>;
  readonly wordings: ReadonlyMap<Finding, Wording>;
}

function applied(evidence: Evidence): Applied {
  const causes = new Map<Finding, Finding>();
  const wordings = new Map<Finding, Wording>();
  const comesFrom = (finding: Finding, other: Finding): boolean => {
    const cause = causes.get(finding);
    return finding === other || (cause !== undefined && comesFrom(cause, other));
  };
  for (const rule of rules) {
    const cause = evidence.findings.find((each) => each.code === rule.cause && holds(rule, evidence, each));
    if (!cause) continue;
    if (rule.says && !wordings.has(cause)) wordings.set(cause, rule.says(evidence, cause));
    for (const each of evidence.findings) {
      if (!follows(rule, evidence, cause, each) || causes.has(each) || comesFrom(cause, each)) continue;
      causes.set(each, cause);
    }
  }
  return { causes, wordings };
}

export function holds(rule: Rule, evidence: Evidence, cause: Finding): boolean {
  const reason = evidence.handshake?.reason;
  const applies =
    rule.cause !== 'handshake_failed' || !rule.reasons || (reason !== undefined && rule.reasons.includes(reason));
  return applies && (rule.when?.(evidence, cause) ?? true);
}

function follows(rule: Rule, evidence: Evidence, cause: Finding, { code }: Finding): boolean {
  if (code === rule.cause) return false;
  if (code === 'handshake_failed') return explains(rule, cause, evidence);
  return rule.consequences?.includes(code) ?? false;
}

const worst = (findings: readonly Finding[]) =>
  severities.findLast((severity) => findings.some((each) => each.severity === severity)) ?? 'info';

function asConsequence(finding: Finding, root: Finding, evidence: Evidence): Finding {
  return {
    ...finding,
    severity: 'info',
    remedy: runnable(finding.remedy, evidence, finding.code),
    consequenceOf: root.code,
  };
}

function reworded(finding: Finding, wording: Wording, evidence: Evidence): Finding {
  const { message } = wording;
  return {
    ...finding,
    ...(message === undefined ? {} : { message: escaped(`${sentence(finding.message)} ${message}`) }),
    remedy: remedyOf(finding, wording, evidence),
  };
}

function remedyOf({ code, remedy: own }: Finding, { calls, remedy }: Wording, evidence: Evidence): SafeText {
  const words = runnable(remedy === undefined ? own : escaped(remedy), evidence, code);
  return calls ? joined([words, contact(evidence)], ' ') : words;
}

/** Of several that are equally bad, the one that has to be put right before the others can be. */
function worstAndFirst({ finding: one }: Root, { finding: other }: Root): number {
  const bySeverity = severities.indexOf(other.severity) - severities.indexOf(one.severity);
  return bySeverity || rankOf(one.code) - rankOf(other.code);
}

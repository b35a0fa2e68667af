/** What the product says about a case, and whether that is right. */
import { type Inspection, inspect } from 'mesh-cert-monitor';
import type { Case } from './case.ts';

export type Side = 'lenient' | 'strict';

export interface Judged {
  readonly test: Case;
  readonly accepted: boolean;
  /** Absent if they agree, or nothing is expected. */
  readonly side?: Side;
  /** `code: message` of what makes it refuse. */
  readonly reasons: readonly string[];
}

export async function judge(test: Case): Promise<Judged> {
  const { certificate, bundle, at } = test;
  const reasons = refusals(await inspect({ certificate, caBundle: bundle }, { at }), test.ignored);
  const accepted = reasons.length === 0;
  return { test, accepted, ...sideOf(test.expected, accepted), reasons };
}

/** The only critical finding that does not refuse: the certificate has not expired yet. */
const advice = 'certificate_expires_imminently';

function refusals({ valid, findings }: Inspection, ignored: readonly string[]): string[] {
  if (valid) return [];
  return findings
    .filter(({ code, severity }) => severity === 'critical' && code !== advice && !ignored.includes(code))
    .map(({ code, message }) => `${code}: ${message}`);
}

export function sideOf(expected: Case['expected'], accepted: boolean): { side?: Side } {
  if (expected === undefined || (expected === 'accept') === accepted) return {};
  return { side: accepted ? 'lenient' : 'strict' };
}

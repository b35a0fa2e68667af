import { escaped, type SafeText } from '../text/index.ts';
import { catalogue, type FindingCode, type Severity, severities } from './catalogue.ts';

/** One thing that stands against an environment now. Everything but the message comes from the catalogue. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What was found, naming the place; one sentence, never a secret. */
  readonly message: SafeText;
  readonly remedy: SafeText;
  /** The certificate, file or address it is about. */
  readonly subject?: SafeText;
  /** Of a failed handshake: its reason, from the closed list. */
  readonly reason?: string;
  /** The finding that this one follows from: it goes away together with it, and is information until then. */
  readonly consequenceOf?: FindingCode;
}

export type Status = 'ok' | 'warning' | 'critical';

/**
 * A finding with the catalogue's severity and remedy, unless the rule knows better. What it is given is escaped, so a message may quote
 * whatever was found.
 * @param message - one sentence that names the place; never a secret.
 * @throws {Error} when the code is not in the catalogue: that is a bug, not a state of the world.
 * @example
 * finding('key_mismatch', 'The key in key.pem does not belong to the certificate in client.pem.', { subject: 'key.pem' });
 */
export function finding(
  code: FindingCode,
  message: string,
  more: { subject?: string; severity?: Severity; remedy?: string; reason?: string } = {},
): Finding {
  const entry = catalogue[code];
  if (!entry) throw new Error(`finding code ${code} is not in the catalogue`);
  return {
    code,
    severity: more.severity ?? entry.severity,
    message: escaped(message),
    remedy: escaped(more.remedy ?? entry.remedy),
    ...(more.subject === undefined ? {} : { subject: escaped(more.subject) }),
    ...(more.reason === undefined ? {} : { reason: more.reason }),
  };
}

/** The worst severity as a status; `info` is no reason to worry anyone. */
export function statusOf(findings: readonly Finding[]): Status {
  if (findings.some((each) => each.severity === 'critical')) return 'critical';
  return findings.some((each) => each.severity === 'warning') ? 'warning' : 'ok';
}

/** `ok` for an empty list. */
export function worstStatus(statuses: readonly Status[]): Status {
  return (['critical', 'warning'] as const).find((status) => statuses.includes(status)) ?? 'ok';
}

/** Worst first; within a severity in the order the rules gave them. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
}

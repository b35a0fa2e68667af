/** The words that the pages use for states. */
import type { Severity } from '../../../findings/index.ts';
import type { HandshakePhase } from '../../../mesh/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { escaped, plural, type SafeText, say, shortened, type Untrusted } from '../../../text/index.ts';
import type { CertificateRole } from '../../../verify/index.ts';

/** Adds a capital letter and a full stop, which reasons and messages often lack. */
export function sentence(text: string): string {
  const first = text.charAt(0);
  // A code keeps its spelling.
  const capital = /^[a-z]+_/.test(text) ? first : first.toUpperCase();
  return `${capital}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** In the order in which they are listed: what needs somebody first. */
export const standings = ['critical', 'warning', 'unknown', 'ok'] as const;
export type Standing = (typeof standings)[number];

/** Unknown until the first check or handshake. */
export const standingOf = ({ status, lastRunAt, handshake }: EnvironmentStatus): Standing =>
  status === 'ok' && !lastRunAt && !handshake.last ? 'unknown' : status;

export const standingWords: Readonly<Record<Standing, string>> = {
  critical: 'Act now',
  warning: 'Needs attention',
  ok: 'OK',
  unknown: 'Not checked yet',
};

export const severityWords: Readonly<Record<Severity, string>> = {
  critical: standingWords.critical,
  warning: standingWords.warning,
  info: 'For information',
};

export const roleWords: Readonly<Record<CertificateRole, string>> = {
  client: 'Client certificate',
  intermediate: 'Issuing CA',
  root: 'Root CA',
};

export const phaseWords: Readonly<Record<HandshakePhase, string>> = {
  dns: 'Name lookup',
  connect: 'Connect',
  tls: 'TLS handshake',
  request: 'Request',
};

const longestName = 1_000;

/** Escaped, and shortened to a readable length, followed by the original length: the author of a certificate can choose any. @param most - in code points. */
export function cut(text: string | Untrusted, most = longestName): SafeText {
  const whole = escaped(text);
  const short = shortened(whole, most);
  return short === whole ? whole : say`${short} (${plural(whole.length, 'character')})`;
}

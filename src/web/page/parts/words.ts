/** States in the words of the page. */
import type { Severity } from '../../../findings/index.ts';
import type { HandshakePhase } from '../../../mesh/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { escaped, plural, type SafeText, say, shortened, type Untrusted } from '../../../text/index.ts';
import type { CertificateRole } from '../../../verify/index.ts';

/** With a capital letter and a full stop, as reasons and messages often are without. */
export function sentence(text: string): string {
  const first = text.charAt(0);
  // A code stays as it is typed.
  const capital = /^[a-z]+_/.test(text) ? first : first.toUpperCase();
  return `${capital}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

export type Standing = 'critical' | 'warning' | 'ok' | 'unknown';

/** Nothing is known before the first look. */
export const standingOf = ({ status, lastRunAt, handshake }: EnvironmentStatus): Standing =>
  status === 'ok' && !lastRunAt && !handshake.last ? 'unknown' : status;

export const standingWords: Readonly<Record<Standing, string>> = {
  critical: 'Act now',
  warning: 'Attention',
  ok: 'Well',
  unknown: 'Not checked yet',
};

export const severityWords: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
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

/** Escaped, and cut to a length that a person reads, with how long it was; whoever made the certificate chose it. @param most - in code points. */
export function cut(text: string | Untrusted, most = longestName): SafeText {
  const whole = escaped(text);
  const short = shortened(whole, most);
  return short === whole ? whole : say`${short} (${plural(whole.length, 'character')})`;
}

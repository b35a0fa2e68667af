/** Times, spans and states in the words of the page. London’s clock, named; the machine-readable time beside it is UTC. */
import type { CheckName, Severity } from '../../../findings/index.ts';
import type { HandshakePhase } from '../../../mesh/index.ts';
import type { RenewalState } from '../../../renewal/index.ts';
import type { EnvironmentStatus } from '../../../status/index.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../time/index.ts';
import type { CertificateRole } from '../../../verify/index.ts';
import { type DistinguishedName, printable } from '../../../x509/index.ts';

const londonFormat = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', ...options });
const day = londonFormat({ day: 'numeric', month: 'long', year: 'numeric' });
const clock = londonFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' });

/** `22 January 2027` */
export const dayWords = (time: Date): string => day.format(time);

/** `22 January 2027, 13:00 GMT` */
export const timeWords = (time: Date): string => `${day.format(time)}, ${clock.format(time)}`;

/** RFC 3339 in UTC, to the second. */
export const utc = (time: Date): string => time.toISOString().replace(/\.\d{3}Z$/, 'Z');

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-GB')} ${noun}${count === 1 ? '' : 's'}`;
}

/** The unit that a person would use: `49 days`, `5 hours`, `3 minutes`, `12 seconds`. @param ms - not negative. */
export function spanWords(ms: number): string {
  if (ms >= 2 * dayMs) return plural(Math.floor(ms / dayMs), 'day');
  if (ms >= 2 * hourMs) return plural(Math.floor(ms / hourMs), 'hour');
  if (ms >= 2 * minuteMs) return plural(Math.floor(ms / minuteMs), 'minute');
  return plural(Math.max(0, Math.floor(ms / secondMs)), 'second');
}

/** `3 minutes ago`, `in 49 days`, `just now`. */
export function relativeWords(time: Date, now: Date): string {
  const ms = time.getTime() - now.getTime();
  if (Math.abs(ms) < 5 * secondMs) return 'just now';
  return ms < 0 ? `${spanWords(-ms)} ago` : `in ${spanWords(ms)}`;
}

/** With a capital letter and a full stop, as reasons and messages often are without. */
export function sentence(text: string): string {
  const first = text.charAt(0);
  // A code stays as it is typed.
  const capital = /^[a-z]+_/.test(text) ? first : first.toUpperCase();
  return `${capital}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** `87 ms`, `1.24 s`. */
export function durationWords(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
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

export const renewalWords: Readonly<Record<RenewalState, string>> = {
  not_due: 'Not due',
  due: 'Due',
  sending: 'Sending',
  requested: 'Requested',
  uncertain: 'Uncertain',
  issued: 'Issued',
  deployed: 'Deployed',
  failed: 'Failed',
};

export const phaseWords: Readonly<Record<HandshakePhase, string>> = {
  dns: 'Name lookup',
  connect: 'Connect',
  tls: 'TLS handshake',
  request: 'Request',
};

export const checkWords: Readonly<Record<CheckName, string>> = {
  readable: 'Files can be read',
  key_match: 'Key belongs to the certificate',
  chain_order: 'Bundle is in the right order',
  chain_valid: 'Path leads to a trusted root',
  validity: 'Certificate is in date',
  naming: 'Common name fits',
  strength: 'Key and signature are strong enough',
  rehearsal: 'OpenSSL accepts it in a rehearsal',
};

const longestName = 1_000;

/** Cut to a length that a person reads; whoever made the certificate chose the text. @param most - in code points. */
export function shortened(text: string, most = longestName): string {
  const characters = [...text.slice(0, 2 * most + 1)];
  return characters.length > most
    ? `${characters.slice(0, most).join('')}… (${plural(text.length, 'character')})`
    : text;
}

/** What people call a certificate: its common name, or the whole name where there is none. */
export function nameWords({ commonName, text }: DistinguishedName): string {
  const name = commonName?.trim() ? printable(commonName) : printable(text);
  return shortened(name, 80) || 'no name';
}

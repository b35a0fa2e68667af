/** What a running service knows, at a terminal: what to do first, and what that rests on. */
import { catalogue, type FindingCode } from '../../findings/index.ts';
import { joined, literal, plural, type SafeText, say, shortened } from '../../text/index.ts';
import { elapsed, timeLeft, utcDay, utcTime } from '../../time/index.ts';
import { worstStanding } from '../nagios.ts';
import { commandLines, labelled, paint, printed, severityFormat, type Terminal, wrap } from '../terminal.ts';
import type { ReportedCertificate, ReportedEnvironment, ReportedFinding } from './reported.ts';

const longestName = 100;
const blank = literal('');
const standings = ['critical', 'unknown', 'warning', 'ok'] as const;

/** What `check --service` prints for a person: every environment in the order of the service, and the count at the end. */
export function reportedText(
  environments: readonly ReportedEnvironment[],
  service: string,
  now: Date,
  terminal: Terminal,
): SafeText {
  const counts = standings.flatMap((standing) => {
    const count = environments.filter((each) => worstStanding([each]) === standing).length;
    return count === 0 ? [] : [say`${count} ${standing}`];
  });
  return printed([
    ...environments.flatMap((each) => [...linesOf(each, now, terminal), blank]),
    say`${plural(environments.length, 'environment')}: ${joined(counts, ', ')}, as the service at ${service} knows them.`,
  ]);
}

function linesOf(environment: ReportedEnvironment, now: Date, terminal: Terminal): SafeText[] {
  const { application, certificates, diagnosis, findings, handshake, lastCheckAt, mailboxId, url } = environment;
  return [
    ...headline(environment, now, terminal),
    ...wrap(terminal, '  ', say`${application}, mailbox ${mailboxId}, ${url}`).map((line) =>
      paint(terminal, 'dim', line),
    ),
    blank,
    ...(diagnosis.cause ? firstAction(diagnosis, terminal) : []),
    ...onPath(certificates).flatMap((each) => certificateLines(each, now, terminal)),
    ...(handshake.last ? handshakeLines(handshake.last, terminal) : []),
    ...(lastCheckAt ? labelled('Checked', utcTime(lastCheckAt), terminal) : []),
    ...findings.flatMap((each) => [blank, ...findingLines(each, terminal)]),
  ];
}

function headline(environment: ReportedEnvironment, now: Date, terminal: Terminal): SafeText[] {
  const standing = worstStanding([environment]);
  const word = say`${standing.toUpperCase()}`;
  const says = say`${environment.name}: ${environment.unknown ?? verdict(environment, now)}`;
  const [first = blank, ...more] = wrap(terminal, ' '.repeat(word.length + 2), says, '');
  const painted = paint(terminal, severityFormat(standing === 'unknown' ? 'warning' : standing), word);
  return [joined([painted, literal('  '), first]), ...more];
}

function verdict(environment: ReportedEnvironment, now: Date): SafeText {
  const { credentialConfigured, diagnosis, expiresAt, renewal, valid } = environment;
  const trouble = diagnosis.cause ? [diagnosis.headline] : [];
  if (!credentialConfigured) return joined([...trouble, literal('no credential is configured')], '; ');
  if (renewal.first) return trouble[0] ?? literal('waiting for its first certificate');
  const expiry = expiresAt
    ? say`${timeLeft(expiresAt, now)} (${utcTime(expiresAt)})`
    : literal('its expiry date is not known');
  return joined([...trouble, say`${valid ? 'valid' : 'NOT VALID'}, ${expiry}`], '; ');
}

function firstAction({ firstAction, command }: ReportedEnvironment['diagnosis'], terminal: Terminal): SafeText[] {
  return [
    ...labelled('Do first', firstAction, terminal).map((line) => paint(terminal, 'bold', line)),
    ...commandLines(command),
    blank,
  ];
}

/** From the client up. */
const onPath = (certificates: readonly ReportedCertificate[]) =>
  ['client', 'intermediate', 'root'].flatMap((wanted) =>
    certificates.filter(({ onPath, role }) => onPath && role === wanted),
  );

function certificateLines(each: ReportedCertificate, now: Date, terminal: Terminal): SafeText[] {
  const { role, subject, notAfter, keyAlgorithm, keyBits } = each;
  const key = `${keyAlgorithm} ${keyBits || ''}`.trim();
  const facts = say`${shortened(subject, longestName)}, until ${utcDay(notAfter)} (${timeLeft(notAfter, now)}), ${key}`;
  return labelled(role === 'intermediate' ? 'Sub CA' : role === 'root' ? 'Root CA' : 'Client', facts, terminal);
}

function handshakeLines(
  { detail, outcome, phases, probe, reason, startedAt }: NonNullable<ReportedEnvironment['handshake']['last']>,
  terminal: Terminal,
): SafeText[] {
  const result = outcome === 'success' ? literal('succeeded') : say`failed: ${reason ?? outcome}`;
  const taken = Object.values(phases).reduce((sum: number, phase) => sum + (phase ?? 0), 0);
  return [
    ...labelled('Handshake', say`${probe} ${result}, at ${utcTime(startedAt)}, in ${elapsed(taken)}`, terminal),
    ...(detail ? labelled('', detail, terminal) : []),
  ];
}

function findingLines(
  { code, consequenceOf, message, remedy, severity }: ReportedFinding,
  terminal: Terminal,
): SafeText[] {
  const word = consequenceOf ? literal('FOLLOWS') : say`${severity.toUpperCase()}`;
  // A newer service may have codes that are not in our catalogue.
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code as string as FindingCode] : undefined;
  const title = entry ? say`${entry.title} (${code})` : code;
  const [first = blank, ...more] = wrap(terminal, ' '.repeat(word.length + 4), title, '');
  return [
    joined([literal('  '), paint(terminal, severityFormat(severity), word), literal('  '), first]),
    ...more,
    ...wrap(terminal, '    ', message),
    ...wrap(terminal, '      ', consequenceOf ? say`Follows from ${consequenceOf}.` : remedy, '    → '),
  ];
}

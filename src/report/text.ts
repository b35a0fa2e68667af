/** What a person reads at a terminal, perhaps at night: the verdict first, then the chain, then what to do. */
import { catalogue, checkNames, type Finding, type Status, statusOf, worstFirst } from '../findings/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import type { AssessedCertificate, Assessment } from '../verify/index.ts';
import { type Chain, chainLines, keyKind } from './chain.ts';
import { handshakeLines } from './handshake.ts';
import { labelled, paint, printable, severityFormat, type Terminal, wrap } from './terminal.ts';
import { day, moment, plural, timeLeft } from './time.ts';

/** `inspect`: one credential, or as much of one as was given. */
export function inspectionText(assessment: Assessment, terminal: Terminal): string {
  const { assessedAt: now, certificates, findings, path } = assessment;
  return lines([
    ...headline(statusOf(findings), verdictOfInspection(assessment), terminal),
    '',
    ...certificateSection({ certificates, path, withIssuers: isAboutIssuers(assessment) }, now, terminal),
    ...clientSection(certificates, terminal),
    ...judgementSection(assessment, terminal),
    ...findingsSection(findings, terminal),
    paint(terminal, 'dim', `Judged as at ${moment(now)}.`),
  ]);
}

/** `check`: every environment in the order of the configuration, and the count at the end, where the eye is. */
export function checkText(environments: readonly EnvironmentStatus[], now: Date, terminal: Terminal): string {
  return lines([
    ...environments.flatMap((environment) => [...environmentLines(environment, now, terminal), '']),
    summaryOf(environments, terminal),
  ]);
}

function environmentLines(environment: EnvironmentStatus, now: Date, terminal: Terminal): string[] {
  const { assessment, certificates, findings, handshake, name, status } = environment;
  return [
    ...headline(status, `${name}: ${verdictOf(environment, now)}`, terminal),
    ...placeLines(environment, terminal),
    '',
    ...certificateSection({ certificates, path: assessment?.path ?? [], withIssuers: true }, now, terminal),
    ...(assessment ? judgementSection(assessment, terminal) : []),
    ...(handshake.last ? [...handshakeLines(handshake.last, terminal), ''] : []),
    ...findingsSection(findings, terminal),
  ].slice(0, -1);
}

function placeLines({ application, mailboxId, url }: EnvironmentStatus, terminal: Terminal): string[] {
  const place = `${application}, mailbox ${mailboxId}, ${url}`;
  return wrap(terminal, '  ', place).map((line) => paint(terminal, 'dim', line));
}

function headline(status: Status, verdict: string, terminal: Terminal): string[] {
  const word = status.toUpperCase();
  const [first = '', ...more] = wrap(terminal, ' '.repeat(word.length + 2), verdict, '');
  return [`${paint(terminal, severityFormat(status), word)}  ${first}`, ...more];
}

function verdictOfInspection(assessment: Assessment): string {
  const { assessedAt, certificates, checks, expiresAt, privateKey } = assessment;
  if (certificates.some(({ role }) => role === 'client')) {
    const unjudged = [checks.key_match === undefined && 'key', checks.chain_valid === undefined && 'chain'].filter(
      Boolean,
    );
    const limits = unjudged.length > 0 ? `; ${unjudged.join(' and ')} not given, so not judged` : '';
    return verdict(assessment, expiresAt, assessedAt) + limits;
  }
  const there = [
    ...(privateKey ? ['a private key'] : []),
    ...(certificates.length > 0 ? [plural(certificates.length, 'CA certificate')] : []),
  ];
  const looked =
    there.length === 0
      ? 'no certificate to judge'
      : `${there.join(' and ')} to look at, and no client certificate to judge`;
  return assessment.valid ? looked : `NOT VALID: ${causeOf(assessment)}; ${looked}`;
}

function verdictOf(environment: EnvironmentStatus, now: Date): string {
  const { assessment, credentialConfigured, expiresAt, handshake } = environment;
  const failure = handshake.last?.reason ? `handshake failed: ${handshake.last.reason}` : undefined;
  if (!credentialConfigured)
    return `no credential is configured; ${failure ?? (handshake.last ? 'handshake succeeded' : 'no handshake')}`;
  if (!assessment) return 'not checked yet';
  return [verdict(assessment, expiresAt, now), ...(failure ? [failure] : [])].join('; ');
}

function verdict(assessment: Assessment, expiresAt: Date | undefined, now: Date): string {
  const expiry = expiresAt ? `${timeLeft(expiresAt, now)}, notAfter ${moment(expiresAt)}` : 'its expiry is not known';
  return assessment.valid ? `valid, ${expiry}` : `NOT VALID: ${causeOf(assessment)}; ${expiry}`;
}

function causeOf({ findings }: Assessment): string {
  const worst = worstFirst(findings)[0];
  return worst ? lowerFirst(catalogue[worst.code].title) : 'see the checks';
}

/** False for a client certificate without a bundle. */
const isAboutIssuers = ({ certificates, checks }: Assessment) =>
  checks.chain_valid !== undefined || certificates.every(({ role }) => role !== 'client');

function certificateSection(chain: Chain, now: Date, terminal: Terminal): string[] {
  if (chain.certificates.length === 0) return [];
  return [paint(terminal, 'bold', 'Certificates'), ...chainLines(chain, now, terminal), ''];
}

function clientSection(certificates: readonly AssessedCertificate[], terminal: Terminal): string[] {
  const client = certificates.find(({ role }) => role === 'client');
  if (!client) return [];
  const { fingerprintSha256, issuer, notAfter, notBefore, privateKeyUsagePeriod, serial, subject } = client.certificate;
  const usageEnd = privateKeyUsagePeriod?.notAfter;
  return [
    paint(terminal, 'bold', 'Client certificate'),
    ...labelled('Subject', printable(subject.text), terminal),
    ...labelled('Issuer', printable(issuer.text), terminal),
    ...labelled('Serial', serial, terminal),
    ...labelled('SHA-256', fingerprintSha256, terminal),
    ...labelled('Validity', `${moment(notBefore)} to ${moment(notAfter)}`, terminal),
    ...(usageEnd
      ? labelled('Key period', `until ${day(usageEnd)}; shown, not judged, for MESH does not heed it`, terminal)
      : []),
    '',
  ];
}

function judgementSection(assessment: Assessment, terminal: Terminal): string[] {
  const { certificates, checks, order, privateKey } = assessment;
  const inBundle = certificates.filter(({ role }) => role !== 'client').length;
  const passed = checkNames.filter((name) => checks[name] === true);
  const failed = checkNames.filter((name) => checks[name] === false);
  const section = [
    ...(privateKey ? labelled('Key', keyOf(privateKey), terminal) : []),
    ...(inBundle > 1 ? labelled('Bundle', `${plural(inBundle, 'certificate')}, ${order}`, terminal) : []),
    ...(passed.length > 0 ? labelled('Passed', passed.join(', '), terminal) : []),
    ...(failed.length > 0
      ? labelled('FAILED', failed.join(', '), terminal).map((line) => paint(terminal, 'red', line))
      : []),
  ];
  return section.length === 0 ? [] : [...section, ''];
}

const keyOf = ({ encrypted, publicKey }: NonNullable<Assessment['privateKey']>) =>
  `${keyKind(publicKey)}, ${encrypted ? 'encrypted' : 'not encrypted'}`;

function findingsSection(findings: readonly Finding[], terminal: Terminal): string[] {
  return worstFirst(findings).flatMap((finding) => [...findingLines(finding, terminal), '']);
}

function findingLines({ code, message, remedy, severity }: Finding, terminal: Terminal): string[] {
  const word = severity.toUpperCase();
  const indent = ' '.repeat(word.length + 4);
  const [first = '', ...more] = wrap(terminal, indent, `${catalogue[code].title} (${code})`, '');
  return [
    `  ${paint(terminal, severityFormat(severity), word)}  ${first}`,
    ...more,
    ...wrap(terminal, '    ', message),
    ...wrap(terminal, '      ', remedy, '    → '),
  ];
}

function summaryOf(environments: readonly EnvironmentStatus[], terminal: Terminal): string {
  const counts = (['critical', 'warning', 'ok'] as const).flatMap((status) => {
    const count = environments.filter((environment) => environment.status === status).length;
    return count === 0 ? [] : [paint(terminal, severityFormat(status), `${count} ${status}`)];
  });
  return `${plural(environments.length, 'environment')}: ${counts.join(', ')}`;
}

const lowerFirst = (text: string) =>
  /^(?:[A-Z][a-z]|A )/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
/** Spaces that did not break have done their work. */
const lines = (all: readonly string[]) => `${all.map((line) => line.trimEnd().replaceAll('\u00a0', ' ')).join('\n')}\n`;

/** Output for a person at a terminal: the verdict first, then the chain, then what to do. */
import type { Diagnosis } from '../diagnosis/index.ts';
import { catalogue, checkNames, type Finding, type Status, statusOf } from '../findings/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { joined, literal, lowerFirst, plural, type SafeText, say } from '../text/index.ts';
import { timeLeft, utcTime } from '../time/index.ts';
import type { AssessedCertificate, Assessment } from '../verify/index.ts';
import { certificateLines } from './certificate.ts';
import { type Chain, chainLines, keyKind } from './chain.ts';
import { firstActionLines } from './diagnosis.ts';
import { handshakeLines } from './handshake.ts';
import { diagnosisOf, type Inspected, type NotJudged } from './json.ts';
import { labelled, paint, printed, severityFormat, type Terminal, wrap } from './terminal.ts';

const blank = literal('');

/** `inspect`: one credential, or the parts of one that were given. */
export function inspectionText(inspected: Inspected, terminal: Terminal): SafeText {
  const { assessment } = inspected;
  const { assessedAt: now, certificates, path } = assessment;
  const diagnosis = diagnosisOf(inspected);
  const { findings } = diagnosis;
  return printed([
    ...inspectionHeadline(inspected, terminal),
    blank,
    ...firstActionLines(diagnosis, terminal),
    ...certificateSection({ certificates, path, withIssuers: isAboutIssuers(assessment) }, now, terminal),
    ...clientSection(certificates, terminal),
    ...judgementSection(assessment, terminal),
    ...findingsSection(findings, terminal),
    paint(terminal, 'dim', say`Checked as at ${utcTime(now)}.`),
  ]);
}

/** One of several files, and what was found in it. */
export interface InspectedFile {
  /** As it was named, or found in a folder. */
  readonly file: string;
  readonly inspected: Inspected;
}

/** `inspect` of several files: the verdict, the certificates and the findings of each, and the count at the end. */
export function inspectionsText(files: readonly InspectedFile[], others: number, terminal: Terminal): SafeText {
  return printed([
    ...files.flatMap(({ file, inspected }) => {
      const { assessedAt: now, certificates, path } = inspected.assessment;
      const chain = { certificates, path, withIssuers: isAboutIssuers(inspected.assessment) };
      return [
        ...inspectionHeadline(inspected, terminal, file),
        ...certificateSection(chain, now, terminal).slice(1),
        ...(certificates.length === 0 ? [blank] : []),
        ...findingsSection(diagnosisOf(inspected).findings, terminal),
      ];
    }),
    joined([
      countedBy(
        files.map(({ inspected }) => statusOf(inspected.assessment.findings)),
        plural(files.length, 'file'),
        terminal,
      ),
      ...(others > 0 ? [say`; ${others} without a certificate or key`] : []),
    ]),
  ]);
}

/** The verdict alone. @param file - named first, if there are several. */
export function inspectionHeadline(inspected: Inspected, terminal: Terminal, file?: string): SafeText[] {
  const { assessment } = inspected;
  const diagnosis = diagnosisOf(inspected);
  const verdict = verdictOfInspection(assessment, diagnosis);
  const said = file === undefined ? verdict : say`${file}: ${verdict}`;
  return headline(statusOf(diagnosis.findings), said, terminal);
}

/** `check`: every environment in the order of the configuration, and the count at the end, where the user looks first. */
export function checkText(
  environments: readonly EnvironmentStatus[],
  now: Date,
  terminal: Terminal,
  notJudged: readonly NotJudged[] = [],
): SafeText {
  return printed([
    ...environments.flatMap((environment) => [...environmentLines(environment, now, terminal), blank]),
    ...notJudged.flatMap(({ name, why }) => [
      ...headline('unknown', say`${name}: not judged, because this process could not look`, terminal),
      ...wrap(terminal, '  ', why),
      blank,
    ]),
    summaryOf(environments, notJudged.length, terminal),
  ]);
}

function environmentLines(environment: EnvironmentStatus, now: Date, terminal: Terminal): SafeText[] {
  const { assessment, certificates, diagnosis, findings, handshake, name, renewal, status } = environment;
  return [
    ...headline(status, say`${name}: ${verdictOf(environment, now)}`, terminal),
    ...placeLines(environment, terminal),
    blank,
    ...firstActionLines(diagnosis, terminal),
    ...certificateSection({ certificates, path: assessment?.path ?? [], withIssuers: true }, now, terminal),
    ...(assessment && !renewal.first ? judgementSection(assessment, terminal) : []),
    ...(handshake.last ? [...handshakeLines(handshake.last, terminal), blank] : []),
    ...findingsSection(findings, terminal),
  ].slice(0, -1);
}

function placeLines({ application, mailboxId, url }: EnvironmentStatus, terminal: Terminal): SafeText[] {
  const place = say`${application}, mailbox ${mailboxId}, ${url}`;
  return wrap(terminal, '  ', place).map((line) => paint(terminal, 'dim', line));
}

function headline(status: Status | 'unknown', verdict: SafeText, terminal: Terminal): SafeText[] {
  const word = say`${status.toUpperCase()}`;
  const [first = blank, ...more] = wrap(terminal, ' '.repeat(word.length + 2), verdict, '');
  return [joined([paint(terminal, severityFormat(status), word), literal('  '), first]), ...more];
}

/** One line: what is right or wrong, until when, and what was not given. */
export function verdictOfInspection(assessment: Assessment, diagnosis: Diagnosis): SafeText {
  const { assessedAt, certificates, checks, expiresAt, privateKey } = assessment;
  if (certificates.some(({ role }) => role === 'client')) {
    const unjudged = [checks.key_match === undefined && 'key', checks.chain_valid === undefined && 'chain'].filter(
      Boolean,
    );
    const limits = unjudged.length > 0 ? `; ${unjudged.join(' and ')} not given, so not checked` : '';
    const trouble = diagnosis.cause && assessment.valid ? say`${diagnosis.headline}; ` : '';
    return say`${trouble}${verdict(assessment, diagnosis, expiresAt, assessedAt)}${limits}`;
  }
  const there = [
    ...(privateKey ? ['a private key'] : []),
    ...(certificates.length > 0 ? [plural(certificates.length, 'CA certificate')] : []),
  ];
  const looked =
    there.length === 0
      ? literal('no certificate to check')
      : say`${there.join(' and ')} found, but no client certificate to check`;
  return assessment.valid ? looked : say`NOT VALID: ${causeOf(diagnosis)}; ${looked}`;
}

function verdictOf(environment: EnvironmentStatus, now: Date): SafeText {
  const { assessment, credentialConfigured, diagnosis, expiresAt, handshake, renewal } = environment;
  const trouble = diagnosis.cause ? [diagnosis.headline] : [];
  if (!credentialConfigured) {
    const met = handshake.last
      ? `handshake ${handshake.last.outcome === 'success' ? 'succeeded' : 'failed'}`
      : 'no handshake';
    return joined([...trouble, say`no credential is configured; ${met}`], '; ');
  }
  if (!assessment) return joined([...trouble, literal('not checked yet')], '; ');
  if (renewal.first) return diagnosis.cause ? diagnosis.headline : literal('waiting for its first certificate');
  if (!assessment.valid) return verdict(assessment, diagnosis, expiresAt, now);
  return joined([...trouble, verdict(assessment, diagnosis, expiresAt, now)], '; ');
}

function verdict(assessment: Assessment, diagnosis: Diagnosis, expiresAt: Date | undefined, now: Date): SafeText {
  const expiry = expiresAt ? `${timeLeft(expiresAt, now)} (${utcTime(expiresAt)})` : 'its expiry date is not known';
  return assessment.valid ? say`valid, ${expiry}` : say`NOT VALID: ${causeOf(diagnosis)}; ${expiry}`;
}

const causeOf = ({ cause, headline }: Diagnosis): string => (cause ? lowerFirst(headline) : 'see the checks');

/** False for a client certificate without a bundle. */
const isAboutIssuers = ({ certificates, checks }: Assessment) =>
  checks.chain_valid !== undefined || certificates.every(({ role }) => role !== 'client');

function certificateSection(chain: Chain, now: Date, terminal: Terminal): SafeText[] {
  if (chain.certificates.length === 0) return [];
  return [paint(terminal, 'bold', literal('Certificates')), ...chainLines(chain, now, terminal), blank];
}

function clientSection(certificates: readonly AssessedCertificate[], terminal: Terminal): SafeText[] {
  const client = certificates.find(({ role }) => role === 'client');
  if (!client) return [];
  return [
    paint(terminal, 'bold', literal('Client certificate')),
    ...certificateLines(client.certificate, terminal),
    blank,
  ];
}

function judgementSection(assessment: Assessment, terminal: Terminal): SafeText[] {
  const { certificates, checks, judged, order, privateKey } = assessment;
  const inBundle = certificates.filter(({ role }) => role !== 'client').length;
  const passed = checkNames.filter((name) => checks[name] === true);
  const failed = checkNames.filter((name) => checks[name] === false && judged[name] !== false);
  const notJudged = checkNames.filter((name) => judged[name] === false);
  const section = [
    ...(privateKey ? labelled('Key', keyOf(privateKey), terminal) : []),
    ...(inBundle > 1 ? labelled('Bundle', say`${plural(inBundle, 'certificate')}, ${order}`, terminal) : []),
    ...(passed.length > 0 ? labelled('Passed', say`${passed.join(', ')}`, terminal) : []),
    ...(failed.length > 0
      ? labelled('FAILED', say`${failed.join(', ')}`, terminal).map((line) => paint(terminal, 'red', line))
      : []),
    ...(notJudged.length > 0 ? labelled('Not judged', say`${notJudged.join(', ')}`, terminal) : []),
  ];
  return section.length === 0 ? [] : [...section, blank];
}

const keyOf = ({ encrypted, publicKey }: NonNullable<Assessment['privateKey']>) =>
  say`${keyKind(publicKey)}, ${encrypted ? 'encrypted' : 'not encrypted'}`;

function findingsSection(findings: readonly Finding[], terminal: Terminal): SafeText[] {
  return findings.flatMap((finding) => [...findingLines(finding, terminal), blank]);
}

function findingLines({ code, consequenceOf, message, remedy, severity }: Finding, terminal: Terminal): SafeText[] {
  const word = consequenceOf ? literal('FOLLOWS') : say`${severity.toUpperCase()}`;
  const indent = ' '.repeat(word.length + 4);
  const [first = blank, ...more] = wrap(terminal, indent, say`${catalogue[code].title} (${code})`, '');
  return [
    joined([literal('  '), paint(terminal, severityFormat(severity), word), literal('  '), first]),
    ...more,
    ...wrap(terminal, '    ', message),
    ...wrap(
      terminal,
      '      ',
      consequenceOf ? say`Follows from: ${lowerFirst(catalogue[consequenceOf].title)} (${consequenceOf}).` : remedy,
      '    → ',
    ),
  ];
}

function summaryOf(environments: readonly EnvironmentStatus[], notJudged: number, terminal: Terminal): SafeText {
  const statuses = environments.map(({ status }) => status);
  const all = plural(environments.length + notJudged, 'environment');
  const unknown = notJudged > 0 ? [paint(terminal, severityFormat('unknown'), say`${notJudged} not judged`)] : [];
  return countedBy(statuses, all, terminal, unknown);
}

function countedBy(
  statuses: readonly Status[],
  all: SafeText,
  terminal: Terminal,
  more: readonly SafeText[] = [],
): SafeText {
  const counts = (['critical', 'warning', 'ok'] as const).flatMap((status) => {
    const count = statuses.filter((each) => each === status).length;
    return count === 0 ? [] : [paint(terminal, severityFormat(status), say`${count} ${status}`)];
  });
  return joined([say`${all}: `, joined([...counts, ...more], ', ')]);
}

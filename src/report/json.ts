/** The status as the public JSON of `schema.ts`. Pure: the time for the days left is an argument. */
import type { z } from 'zod';
import { type Diagnosis, diagnose, type Evidence } from '../diagnosis/index.ts';
import { checkNames, type Finding, statusOf, worstStatus } from '../findings/index.ts';
import type { HandshakeResult } from '../mesh/index.ts';
import type { RenewalRecord, RenewalStatus } from '../renewal/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { escaped, literal, type SafeText } from '../text/index.ts';
import { dayMs, daysUntil, londonIsoDay, rfc3339 } from '../time/index.ts';
import type { AssessedCertificate, Assessment } from '../verify/index.ts';
import type { Certificate } from '../x509/index.ts';
import { extensionFacts } from './extensions.ts';
import type * as schema from './schema.ts';

type Shape<Name extends keyof typeof schema> = z.infer<(typeof schema)[Name]>;

/** An environment that this process was too short of resources to check: nothing is known of it. */
export interface NotJudged {
  readonly name: SafeText;
  readonly why: SafeText;
}

/** Files without a configuration, and what was found in them. */
export interface Inspected extends Required<Pick<Evidence, 'assessment' | 'chainOrder' | 'sources'>> {}

/**
 * What `check --format json` prints.
 * @param at - the time of the verdict; `generatedAt` is the time of writing, which `--at` does not change.
 * @example
 * const { status, environments } = checkReport(await checkOnce(configuration.environments, options), now);
 */
export function checkReport(
  environments: readonly EnvironmentStatus[],
  at: Date,
  generatedAt = at,
  notJudged: readonly NotJudged[] = [],
): Shape<'checkReportSchema'> {
  return {
    status: worstStatus(environments.map((environment) => environment.status)),
    generatedAt: rfc3339(generatedAt),
    environments: environments.map((environment) => checkedEnvironmentJson(environment, at)),
    ...(notJudged.length > 0 ? { notJudged: [...notJudged] } : {}),
  };
}

/** What `inspect --format json` prints. @param generatedAt - the time of writing, which `--at` does not change. */
export function inspectionReport(inspected: Inspected, generatedAt: Date): Shape<'inspectionReportSchema'> {
  return {
    status: statusOf(inspected.assessment.findings),
    generatedAt: rfc3339(generatedAt),
    inspection: inspectionJson(inspected),
  };
}

/** What `inspect --format json` prints of several files. */
export function inspectionsReport(
  files: readonly { readonly file: string; readonly inspected: Inspected }[],
  others: number,
  generatedAt: Date,
): Shape<'inspectionsReportSchema'> {
  const statuses = files.map(({ inspected }) => statusOf(inspected.assessment.findings));
  return {
    status: worstStatus(statuses),
    generatedAt: rfc3339(generatedAt),
    inspections: files.map(({ file, inspected }) => ({
      file: escaped(file),
      status: statusOf(inspected.assessment.findings),
      ...inspectionJson(inspected),
    })),
    others,
  };
}

/** One assessment without a configuration, as `inspect --format json` prints it under `inspection`. */
export function inspectionJson(inspected: Inspected): Shape<'inspectionSchema'> {
  const { assessment } = inspected;
  const now = assessment.assessedAt;
  const diagnosis = diagnosisOf(inspected);
  return {
    valid: assessment.valid,
    assessedAt: rfc3339(now),
    certificates: assessment.certificates.map((each) => ({
      ...certificateJson(each, now),
      ...extensionFacts(each.certificate),
    })),
    path: [...assessment.path],
    order: assessment.order,
    checks: checksJson(assessment),
    judged: { ...assessment.judged },
    ...expiry(assessment.expiresAt, now),
    diagnosis: diagnosisJson(diagnosis),
    findings: diagnosis.findings.map(findingJson),
  };
}

const checksJson = ({ checks, judged }: Assessment): Shape<'checkSchema'>[] =>
  checkNames.flatMap((check) => {
    const passed = checks[check];
    return passed === undefined ? [] : [{ check, passed, judged: judged[check] !== false }];
  });

/** What is wrong, and what to do first. */
export const diagnosisOf = (inspected: Inspected): Diagnosis =>
  diagnose({ ...inspected, findings: inspected.assessment.findings, now: inspected.assessment.assessedAt });

function diagnosisJson({ cause, headline, firstAction, command }: Diagnosis): Shape<'diagnosisSchema'> {
  return { cause: cause?.code ?? null, headline, firstAction, ...given('command', command) };
}

/** The service's status of an environment: that of `check`, its renewal, and the last success. */
export function environmentJson(environment: EnvironmentStatus, now: Date): Shape<'environmentSchema'> {
  const { lastRunAt, nextRunAt, thresholds } = environment;
  const { lastSuccessAt } = environment.handshake;
  return {
    ...checkedEnvironmentJson(environment, now),
    ...given('lastHandshakeSuccessAt', lastSuccessAt && rfc3339(lastSuccessAt)),
    ...given('lastCheckAt', lastRunAt && rfc3339(lastRunAt)),
    ...given('nextCheckAt', nextRunAt && rfc3339(nextRunAt)),
    thresholds: { warningDays: thresholds.warningMs / dayMs, criticalDays: thresholds.criticalMs / dayMs },
    renewal: renewalJson(environment.renewal),
  };
}

function checkedEnvironmentJson(environment: EnvironmentStatus, now: Date): Shape<'checkedEnvironmentSchema'> {
  const { assessment, handshake } = environment;
  return {
    name: escaped(environment.name),
    ...given('preset', environment.preset),
    application: escaped(environment.application),
    odsCode: escaped(environment.odsCode),
    mailboxId: escaped(environment.mailboxId),
    url: escaped(environment.url),
    status: environment.status,
    credentialConfigured: environment.credentialConfigured,
    ...(environment.credentialConfigured ? given('valid', assessment?.valid) : {}),
    ...given('assessedAt', assessment && rfc3339(assessment.assessedAt)),
    certificates: environment.certificates.map((certificate) => certificateJson(certificate, now)),
    path: [...(assessment?.path ?? [])],
    order: assessment?.order ?? 'single',
    checks: assessment ? checksJson(assessment) : [],
    judged: { ...assessment?.judged },
    ...expiry(environment.expiresAt, now),
    diagnosis: diagnosisJson(environment.diagnosis),
    findings: environment.findings.map(findingJson),
    ...given('handshake', handshake.last && handshakeJson(handshake.last)),
  };
}

export function certificateJson(assessed: AssessedCertificate, now: Date): Shape<'certificateSchema'> {
  return { role: assessed.role, onPath: assessed.onPath, ...certificateFacts(assessed.certificate, now) };
}

export function findingJson(finding: Finding): Shape<'findingSchema'> {
  const { code, severity, message, remedy, subject, consequenceOf } = finding;
  return { code, severity, message, remedy, ...given('subject', subject), ...given('consequenceOf', consequenceOf) };
}

/** The days left on the server's certificates are counted from the handshake that saw them. */
export function handshakeJson(handshake: HandshakeResult): Shape<'handshakeSchema'> {
  const { tls } = handshake;
  return {
    probe: handshake.probe,
    startedAt: rfc3339(handshake.startedAt),
    outcome: handshake.outcome,
    ...given('reason', handshake.reason),
    ...given('detail', handshake.detail),
    ...given('remedy', handshake.remedy),
    httpStatus: handshake.httpStatus,
    phases: { ...handshake.phases },
    ...given('tls', tls && { protocol: escaped(tls.protocol), cipher: escaped(tls.cipher) }),
    serverCertificates: handshake.serverCertificates.map((each) => certificateFacts(each, handshake.startedAt)),
    serverVerified: handshake.serverVerified,
    ...given('clientCertificateRequested', handshake.clientCertificateRequested),
    ...given('clockSkewSeconds', handshake.clockSkewSeconds),
    ...given('retryAfterSeconds', handshake.retryAfterSeconds),
  };
}

/** The state of an environment's renewal, with its record if there is one. */
export function renewalJson(renewal: RenewalStatus): Shape<'renewalSchema'> {
  return {
    state: renewal.state,
    reason: renewal.reason,
    ...given('first', renewal.first),
    ...times(renewal, ['dueAt', 'requestedAt']),
    ...given('lastSafeDay', renewal.lastSafeDay && londonIsoDay(renewal.lastSafeDay)),
    ...given('lastSafeDayStartsAt', renewal.lastSafeDay && rfc3339(renewal.lastSafeDay)),
    ...given('record', renewal.record && renewalRecordJson(renewal.record)),
  };
}

/** One recorded renewal. Names files below `state_dir`, but never shows their content. */
export function renewalRecordJson(record: RenewalRecord): Shape<'renewalRecordSchema'> {
  return {
    environment: escaped(record.environment),
    ...texts(record, ['mailboxId', 'mesh']),
    state: record.state,
    commonName: record.commonName.shown,
    ...texts(record, ['serial']),
    ...(record.notAfter ? { fingerprintSha256: record.fingerprintSha256 } : {}),
    ...times(record, ['notAfter', 'askedAt']),
    ...texts(record, ['askedReason']),
    ...given('delivery', record.delivery),
    ...texts(record, ['messageId', 'keyFile', 'keyPlace', 'csrFile', 'messageFile']),
    ...given('spkiSha256', record.spkiSha256),
    ...given('issuedFingerprintSha256', record.issuedFingerprintSha256),
    ...given('successorFingerprintSha256', record.successorFingerprintSha256),
    ...times(record, ['requestedAt', 'successorSeenAt', 'acceptedAt', 'remindedAt', 'closedAt']),
    attempts: record.attempts,
    ...times(record, ['bodyBegunAt', 'nextAttemptAt']),
    ...given('lastError', record.lastError),
    ...given('refusedThing', record.refusedThing),
    transitions: record.transitions.map(({ state, at, reason }) => ({ state, at: rfc3339(at), reason })),
  };
}

export function certificateFacts(certificate: Certificate, now: Date): Shape<'serverCertificateSchema'> {
  const { publicKey, privateKeyUsagePeriod } = certificate;
  return {
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: certificate.serial,
    fingerprintSha256: certificate.fingerprintSha256,
    notBefore: rfc3339(certificate.notBefore),
    notAfter: rfc3339(certificate.notAfter),
    daysLeft: daysUntil(certificate.notAfter, now),
    keyAlgorithm: literal(publicKey.algorithm),
    keyBits: publicKey.bits,
    ...texts({ keyCurve: publicKey.curve }, ['keyCurve']),
    signatureAlgorithm: escaped(certificate.signatureAlgorithm),
    ...given('privateKeyUsagePeriod', privateKeyUsagePeriod && times(privateKeyUsagePeriod, ['notBefore', 'notAfter'])),
  };
}

function expiry(expiresAt: Date | undefined, now: Date): { expiresAt?: string; daysLeft?: number } {
  return expiresAt ? { expiresAt: rfc3339(expiresAt), daysLeft: daysUntil(expiresAt, now) } : {};
}

/** A field that is omitted if it is empty. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { [name in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [name in Name]?: Value };
}

function texts<Name extends string>(
  from: Readonly<Partial<Record<Name, string | undefined>>>,
  names: readonly Name[],
): { [name in Name]?: SafeText } {
  const entries = names.flatMap((name) => {
    const text = from[name];
    return text === undefined ? [] : [[name, escaped(text)]];
  });
  return Object.fromEntries(entries) as { [name in Name]?: SafeText };
}

function times<Name extends string>(
  from: Readonly<Partial<Record<Name, Date>>>,
  names: readonly Name[],
): { [name in Name]?: string } {
  const entries = names.flatMap((name) => {
    const time = from[name];
    return time ? [[name, rfc3339(time)]] : [];
  });
  return Object.fromEntries(entries) as { [name in Name]?: string };
}

/** Samples of the service's state, one for each state that people see; every builder takes overrides. */
import { createHash } from 'node:crypto';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Evidence } from '../../src/diagnosis/types.ts';
import type { FindingCode } from '../../src/findings/catalogue.ts';
import { type CheckName, checkNames } from '../../src/findings/checks.ts';
import { finding, statusOf } from '../../src/findings/finding.ts';
import type { HandshakeReason, HandshakeResult } from '../../src/mesh/types.ts';
import type { RenewalState } from '../../src/renewal/types.ts';
import type { EnvironmentStatus, EstateStatus, HandshakeStatus } from '../../src/status/types.ts';
import { escaped, say, Untrusted } from '../../src/text/index.ts';
import { dayMs } from '../../src/time/duration.ts';
import type { AssessedCertificate, Assessment, CertificateRole } from '../../src/verify/types.ts';
import type { Certificate, DistinguishedName } from '../../src/x509/certificate.ts';

/** The time of the samples. */
export const sampleNow = new Date('2026-03-02T09:30:00Z');
export const daysFromSampleNow = (days: number) => new Date(sampleNow.getTime() + days * dayMs);

export function sampleName(text: string): DistinguishedName {
  const commonName = /CN=([^,]*)/.exec(text)?.[1];
  return {
    text: escaped(text),
    canonical: text.toLowerCase(),
    ...(commonName === undefined ? {} : { commonName: new Untrusted(commonName) }),
  };
}

export function sampleCertificate(more: Partial<Certificate> & { subjectText?: string; issuerText?: string } = {}) {
  const { subjectText = 'O=nhs, OU=Devices, CN=X26ABC1.X26.api.mesh-client.nhs.uk', issuerText, ...overrides } = more;
  const der = overrides.der ?? Buffer.from(`${subjectText} ${overrides.serial ?? ''}`);
  const certificate: Certificate = {
    der,
    fingerprintSha256: createHash('sha256').update(der).digest('hex'),
    serial: '0A1B2C3D4E5F60718293A4B5C6D7E8F9',
    version: 3,
    subject: sampleName(subjectText),
    subjectRdns: subjectText.toLowerCase().split(', '),
    subjectCommonNames: [],
    subjectEmailAddresses: [],
    issuer: sampleName(issuerText ?? 'O=nhs, OU=CA, CN=NHS INT Authentication G2'),
    notBefore: daysFromSampleNow(-800),
    notAfter: daysFromSampleNow(295),
    publicKey: { algorithm: 'RSA', bits: 2048, spki: Buffer.from(`spki of ${subjectText}`) },
    signatureAlgorithm: 'sha256WithRSAEncryption',
    selfIssued: subjectText === issuerText,
    alternativeNames: [],
    unhandledCriticalExtensions: [],
    extensionOids: [],
    ...overrides,
  };
  return certificate;
}

const rootText = 'O=nhs, OU=CA, CN=NHS PTL Root Authority G2';
const subText = 'O=nhs, OU=CA, CN=NHS INT Authentication G2';

export function sampleChain(client: Partial<Certificate> & { subjectText?: string } = {}): AssessedCertificate[] {
  const assessed = (role: CertificateRole, certificate: Certificate) => ({ role, onPath: true, certificate });
  return [
    assessed('client', sampleCertificate(client)),
    assessed(
      'root',
      sampleCertificate({
        subjectText: rootText,
        issuerText: rootText,
        serial: '1C93F552C13D71D8B0FB822A167C4CDD',
        notBefore: new Date('2022-08-02T10:00:00Z'),
        notAfter: new Date('2042-08-02T10:00:00Z'),
        publicKey: { algorithm: 'RSA', bits: 4096, spki: Buffer.from('root') },
        signatureAlgorithm: 'sha384WithRSAEncryption',
      }),
    ),
    assessed(
      'intermediate',
      sampleCertificate({
        subjectText: subText,
        issuerText: rootText,
        serial: '1A3750DCE4D2631EB6A129864F2F6D6B',
        notBefore: new Date('2022-08-04T10:00:00Z'),
        notAfter: new Date('2032-08-04T10:00:00Z'),
        signatureAlgorithm: 'sha384WithRSAEncryption',
      }),
    ),
  ];
}

export function sampleFinding(code: FindingCode, message = `Sample of ${code}.`, more?: Parameters<typeof finding>[2]) {
  return finding(code, message, more);
}

export function sampleAssessment(
  more: Partial<Assessment> & {
    failed?: readonly CheckName[];
    notConfigured?: readonly CheckName[];
    notJudged?: readonly CheckName[];
  } = {},
): Assessment {
  const { failed = [], notConfigured = [], notJudged = [], ...overrides } = more;
  const certificates = overrides.certificates ?? sampleChain();
  const client = certificates.find((each) => each.role === 'client');
  const checks = checkNames
    .filter((name) => !notConfigured.includes(name))
    .map((name) => [name, !failed.includes(name) && !notJudged.includes(name)] as const);
  return {
    assessedAt: sampleNow,
    valid: [...failed, ...notJudged].every((name) => name === 'chain_order' || name === 'naming'),
    certificates,
    path: (['client', 'intermediate', 'root'] as const).flatMap((role) =>
      certificates
        .filter((each) => each.onPath && each.role === role)
        .map((each) => each.certificate.fingerprintSha256),
    ),
    order: 'root-first',
    ...(client ? { expiresAt: client.certificate.notAfter } : {}),
    checks: Object.fromEntries(checks),
    judged: Object.fromEntries(checks.map(([name]) => [name, !notJudged.includes(name)])),
    findings: [],
    ...overrides,
  };
}

export function sampleHandshake(more: Partial<HandshakeResult> = {}): HandshakeResult {
  return {
    probe: 'validate',
    startedAt: daysFromSampleNow(-0.01),
    outcome: 'success',
    httpStatus: 200,
    phases: { dns: 0.002, connect: 0.011, tls: 0.043, request: 0.087 },
    tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
    serverCertificates: [
      sampleCertificate({
        subjectText: 'O=nhs, CN=msg.intspineservices.nhs.uk',
        serial: '7A',
        notAfter: daysFromSampleNow(200),
      }),
    ],
    serverVerified: true,
    clientCertificateRequested: true,
    clockSkewSeconds: 0.4,
    ...more,
  };
}

export function sampleFailedHandshake(reason: HandshakeReason, more: Partial<HandshakeResult> = {}): HandshakeResult {
  const { tls, clientCertificateRequested, clockSkewSeconds, ...base } = sampleHandshake();
  return {
    ...base,
    outcome: 'failure',
    reason,
    detail: say`Sample of ${reason}.`,
    httpStatus: 0,
    phases: { dns: 0.002 },
    serverCertificates: [],
    serverVerified: false,
    ...more,
  };
}

export const noHandshakeYet: HandshakeStatus = { totals: { success: 0, failure: 0 }, history: [] };

export function handshakeStatusOf(last: HandshakeResult, more: Partial<HandshakeStatus> = {}): HandshakeStatus {
  const success = last.outcome === 'success';
  return {
    last,
    ...(success ? { lastSuccessAt: last.startedAt } : {}),
    totals: { success: success ? 12 : 0, failure: success ? 1 : 3 },
    history: [last],
    ...more,
  };
}

/**
 * A healthy integration environment, changed by `more`; findings and status are derived unless given.
 * @param configured - what the diagnosis fills into commands
 */
export function environmentStatus(
  more: Partial<EnvironmentStatus> = {},
  configured: Pick<Evidence, 'configurationFile' | 'environment'> = {},
): EnvironmentStatus {
  const assessment = 'assessment' in more ? more.assessment : sampleAssessment();
  const handshake = more.handshake ?? handshakeStatusOf(sampleHandshake());
  const diagnosis = diagnose({
    findings: more.findings ?? assessment?.findings ?? [],
    ...(assessment ? { assessment } : {}),
    ...(handshake.last ? { handshake: handshake.last } : {}),
    ...(more.renewal ? { renewal: more.renewal } : {}),
    ...configured,
    now: sampleNow,
  });
  const { findings } = diagnosis;
  const certificates = more.certificates ?? assessment?.certificates ?? [];
  const expiresAt = 'expiresAt' in more ? more.expiresAt : assessment?.expiresAt;
  const { assessment: _, expiresAt: __, ...overrides } = more;
  return {
    name: 'integration',
    preset: 'integration',
    application: 'Mavis',
    odsCode: 'X26',
    mailboxId: 'X26ABC1',
    url: 'https://msg.intspineservices.nhs.uk',
    credentialConfigured: true,
    thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
    renewalWindowMs: 60 * dayMs,
    desk: ['itoc.supportdesk@nhs.net'],
    deskWorkingDays: 5,
    ...(assessment ? { assessment } : {}),
    certificates,
    ...(expiresAt ? { expiresAt } : {}),
    handshake,
    renewal: {
      state: 'not_due',
      reason: say`The renewal window opens on 20 October 2026.`,
      ...(expiresAt ? { dueAt: new Date(expiresAt.getTime() - 60 * dayMs) } : {}),
    },
    emails: { sent: 0, failed: 0, drafted: 0 },
    status: statusOf(findings),
    lastRunAt: sampleNow,
    checkDurationSeconds: 0.012,
    ...overrides,
    findings,
    diagnosis,
  };
}

export function estateOf(
  environments: readonly EnvironmentStatus[],
  more: Partial<Omit<EstateStatus, 'environments'>> = {},
): EstateStatus {
  return {
    environments,
    startedAt: daysFromSampleNow(-1),
    ready: environments.every((each) => each.lastRunAt !== undefined),
    configuration: {
      file: '/etc/mesh/mesh-cert-monitor.yaml',
      lastReloadSuccessful: true,
      lastReloadSuccessAt: daysFromSampleNow(-1),
    },
    ...more,
  };
}

function expiringIn(days: number, code: FindingCode, name: string): EnvironmentStatus {
  const passed = days > 0;
  const certificates = sampleChain({ notAfter: daysFromSampleNow(days) });
  return environmentStatus({
    name,
    assessment: sampleAssessment({
      certificates,
      failed: passed ? [] : ['validity', 'rehearsal'],
      findings: [sampleFinding(code)],
    }),
  });
}

function inRenewal(state: RenewalState, more: Partial<EnvironmentStatus> = {}): EnvironmentStatus {
  const base = expiringIn(40, 'certificate_expires_soon', `renewal-${state.replace('_', '-')}`);
  const asked = !['not_due', 'due'].includes(state);
  return environmentStatus({
    ...base,
    renewal: {
      ...base.renewal,
      state,
      reason: say`Sample of ${state}.`,
      ...(asked ? { requestedAt: daysFromSampleNow(-3) } : {}),
    },
    ...more,
  });
}

function failing(code: FindingCode, failed: CheckName, name: string): EnvironmentStatus {
  const findings = [sampleFinding(code)];
  return environmentStatus({ name, assessment: sampleAssessment({ failed: [failed], findings }) });
}

function refused(reason: HandshakeReason): EnvironmentStatus {
  return environmentStatus({
    name: `refused-${reason.replaceAll('_', '-')}`,
    findings: [sampleFinding('handshake_failed', `The MESH handshake failed: ${reason}.`)],
    handshake: handshakeStatusOf(sampleFailedHandshake(reason), { lastSuccessAt: daysFromSampleNow(-0.5) }),
  });
}

/** There is time; but the certificate that the desk has issued waits for somebody to deploy it. */
export const accepted = (): EnvironmentStatus =>
  environmentStatus({
    findings: [sampleFinding('renewal_not_deployed')],
    renewal: {
      state: 'issued',
      reason: say`Sample of issued.`,
      deployment: { remedy: say`Deploy the certificate that was issued.`, command: say`cat INSTRUCTIONS.txt` },
    },
  });

/** What attackers and accidents can put into a subject: markup, quotes, line ends, right-to-left marks, NUL, 10 kB. */
export const hostileSubject = `CN=<script>alert("x")</script>\\\n\u202e\u0000"}, O=${'ä'.repeat(10_000)}`;

/** One environment in each state, by the state's name. Fresh objects on every call. */
export function everyEnvironment() {
  return {
    healthy: environmentStatus(),
    expiresSoon: expiringIn(40, 'certificate_expires_soon', 'expires-soon'),
    expiresImminently: expiringIn(10, 'certificate_expires_imminently', 'expires-imminently'),
    expired: expiringIn(-2, 'certificate_expired', 'expired'),
    keyMismatch: failing('key_mismatch', 'key_match', 'key-mismatch'),
    wrongOrder: failing('chain_order_wrong', 'chain_order', 'wrong-order'),
    /** The file has become unreadable: the last known certificates stay. */
    unreadable: environmentStatus({
      name: 'unreadable',
      assessment: sampleAssessment({
        certificates: [],
        failed: ['readable'],
        notJudged: checkNames.filter((name) => name !== 'readable' && name !== 'chain_order'),
        findings: [sampleFinding('certificate_unreadable')],
      }),
      certificates: sampleChain(),
      expiresAt: daysFromSampleNow(295),
    }),
    refused: refused('client_certificate_rejected'),
    sandbox: environmentStatus({
      name: 'sandbox',
      preset: 'sandbox',
      url: 'https://localhost:8700',
      credentialConfigured: false,
      assessment: undefined,
      findings: [sampleFinding('server_not_verified')],
      handshake: handshakeStatusOf(sampleHandshake({ serverVerified: false })),
      renewal: { state: 'not_due', reason: say`No credential is configured.` },
    }),
    /** Before the first cycle. */
    unchecked: environmentStatus({
      name: 'unchecked',
      assessment: undefined,
      handshake: noHandshakeYet,
      renewal: { state: 'not_due', reason: say`Not checked yet.` },
      lastRunAt: undefined,
      checkDurationSeconds: undefined,
    }),
    due: inRenewal('due', { findings: [sampleFinding('renewal_due')], status: 'warning' }),
    sending: inRenewal('sending'),
    requested: inRenewal('requested', { emails: { sent: 1, failed: 0, drafted: 0 } }),
    uncertain: inRenewal('uncertain', {
      emails: { sent: 0, failed: 1, drafted: 0 },
      findings: [sampleFinding('renewal_email_failed')],
      status: 'warning',
    }),
    issued: inRenewal('issued'),
    deployed: inRenewal('deployed'),
    failed: inRenewal('failed', { findings: [sampleFinding('renewal_email_failed')], status: 'warning' }),
    hostile: environmentStatus({
      name: 'hostile',
      assessment: sampleAssessment({ certificates: sampleChain({ subjectText: hostileSubject }) }),
    }),
  } satisfies Record<string, EnvironmentStatus>;
}

export const wholeEstate = () => estateOf(Object.values(everyEnvironment()));

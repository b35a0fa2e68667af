/**
 * One fixed renewal, from which the messages in docs/renewal.md are rendered. The tests' golden files lock the same messages.
 * Its certificates are fixed data, not generated, so that the dates, serial numbers and names never change.
 */
import { defaultDeskWorkingDays, type PresetName, presets, type ResolvedEnvironment } from '../../src/config/index.ts';
import { type CertificateRequest, messageIdFor, type RenewalRecord } from '../../src/renewal/index.ts';
import { escaped, Untrusted } from '../../src/text/index.ts';
import { dayMs, lastSafeDay } from '../../src/time/index.ts';
import type { Certificate } from '../../src/x509/index.ts';

/** A real request; the key was thrown away. */
export const csrPem = `-----BEGIN CERTIFICATE REQUEST-----
MIICcjCCAVoCAQAwLTErMCkGA1UEAwwieDI2YWJjMS54MjYuYXBpLm1lc2gtY2xp
ZW50Lm5ocy51azCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAKCEnO4N
69vDbYIG0nQyE5JLN8CmKInuploG8z4Mezux13nJYfiynXwvHLr5eeFttLSW/BUw
IGp2PgMvNVMeeLNGxKSC0D3CA2uuLeo1v3jRdpoTgiYMJPM4m7Fls1KQ8e/MEbi3
4BKX46a1CsXMWiV4nLUXkWzdN0g9lyJFbGtXmVhtDySMsV7B86oTGerdg3W6V3D0
1NVHk4+fLjEFkE2MtMYKXO3Mj4vTNqrOiIApWT6C7tZ+77aXH1fWmuGW2UVdqmw3
WR42wFmSmsBi0IJVhM2WAoU+Hknr8L0jPyS7xo3Wby8wqtHM7z5p6yD/+f1Rwrkf
yaga597ZPs70gxECAwEAAaAAMA0GCSqGSIb3DQEBCwUAA4IBAQAksr/nlvVB48KB
YI/BSS6WN/JVPIhi4TW53AgZuVTnupEi4PAVhSKsjr09XzBT7awzHzzeIZfPgFNA
ByP/x1WdT8BWWU6TNR2VFGMnheK6uzIRGIK79XukX9Nyab6hAPw6lOrmWnySX5Ga
u9HXeZ36M/4coZ+LqYHvpp3tKjDTnNaLhwQ3ZeUeYHRPfuIGO3tp9T6qWf0AjTnx
tdrsdHFq41toG0aqV1A6x1s0GsLsNdw3j3N6ROHtpmfTYpvU40+CH8XmW636qVxa
KWoF2e2Zu39a2OdvJdkMg5wG0O4OgB03Y4YT32wppQVqibstAIqRXONIEwYWNCYK
OVxpFy3s
-----END CERTIFICATE REQUEST-----
`;

export const commonName = 'x26abc1.x26.api.mesh-client.nhs.uk';
export const from = 'MESH certificates <mesh-certificates@example.org>';
export const now = new Date('2026-11-24T09:00:00Z');
/** When the desk's working days have passed. */
export const later = new Date('2026-12-02T09:00:00Z');

export const named = (cn: string) => ({
  text: escaped(`CN=${cn}`),
  canonical: cn,
  commonName: new Untrusted(cn),
});

/** Only what messages quote matters here. */
export function certificateFacts(facts: Partial<Certificate> = {}): Certificate {
  return {
    der: new Uint8Array(),
    fingerprintSha256: '5f3a9c0e7b1d48620f9b8c7d6e5a4f3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f',
    serial: '1C93F552C13D71D8B0FB822A167C4CDD',
    version: 3,
    subject: named(commonName),
    subjectRdns: [],
    subjectCommonNames: [],
    subjectEmailAddresses: [],
    issuer: named('Test INT Authentication G2'),
    notBefore: new Date('2024-01-22T11:30:00Z'),
    notAfter: new Date('2027-01-22T12:00:00Z'),
    publicKey: { algorithm: 'RSA', bits: 2048, spki: new Uint8Array() },
    signatureAlgorithm: 'sha256WithRSAEncryption',
    selfIssued: false,
    alternativeNames: [],
    unhandledCriticalExtensions: [],
    extensionOids: [],
    ...facts,
  };
}

export const replaced = certificateFacts();
export const lastDayToAsk = lastSafeDay(replaced.notAfter, defaultDeskWorkingDays);
export const issued = certificateFacts({
  serial: '5FC471312B0B7883F40AF57EFD0B1F07',
  fingerprintSha256: 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90',
  notBefore: new Date('2026-11-30T10:00:00Z'),
  notAfter: new Date('2029-11-30T10:30:00Z'),
});

export function environmentOf(
  preset: Exclude<PresetName, 'sandbox'>,
  changes: Partial<ResolvedEnvironment> = {},
): ResolvedEnvironment {
  return {
    name: preset,
    preset,
    application: 'Mavis',
    odsCode: 'X26',
    contact: { name: 'Ada Lovelace', email: 'ada.lovelace@example.org', telephone: '020 7946 0000' },
    mesh: {
      url: presets[preset].url,
      mailboxId: 'X26ABC1',
      verifyServer: true,
      probe: 'validate',
      timeouts: { connectMs: 5000, tlsMs: 5000, requestMs: 10_000 },
    },
    chainOrder: 'root-first',
    thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
    renewal: {
      windowMs: 60 * dayMs,
      mode: 'send',
      key: 'new',
      keyBits: 2048,
      desk: presets[preset].desk,
      deskWorkingDays: defaultDeskWorkingDays,
      reminderWorkingDays: defaultDeskWorkingDays,
      enclose: [],
      requiresConformanceCertificate: presets[preset].requiresConformanceCertificate,
    },
    ...changes,
  };
}

export function requestFor(
  environment: ResolvedEnvironment,
  changes: Partial<CertificateRequest> = {},
): CertificateRequest {
  const conformance = {
    filename: 'conformance.pdf',
    contentType: 'application/pdf',
    content: Buffer.from('%PDF-1.7\n'),
  };
  return {
    environment,
    from,
    certificate: replaced,
    commonName,
    csrPem,
    enclosures: environment.renewal.requiresConformanceCertificate ? [conformance] : [],
    messageId: messageIdFor(
      { environment: environment.name, fingerprintSha256: replaced.fingerprintSha256 },
      'request',
      changes.from ?? from,
    ),
    now,
    ...changes,
  };
}

export function recordFor(environment: ResolvedEnvironment, changes: Partial<RenewalRecord> = {}): RenewalRecord {
  return {
    environment: environment.name,
    fingerprintSha256: replaced.fingerprintSha256,
    state: 'requested',
    commonName: new Untrusted(commonName),
    serial: replaced.serial,
    notAfter: replaced.notAfter,
    transitions: [],
    requestedAt: now,
    messageId: '<request.00000000000000000000000000000000@example.org>',
    attempts: 1,
    ...changes,
  };
}

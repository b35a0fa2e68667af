import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RenewalRecord } from '../../src/renewal/types.ts';
import { checkReport, environmentJson, inspectionReport, renewalJson } from '../../src/report/json.ts';
import {
  checkReportSchema,
  environmentSchema,
  inspectionReportSchema,
  renewalSchema,
} from '../../src/report/schema.ts';
import { escaped, literal, Untrusted } from '../../src/text/index.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  everyEnvironment,
  hostileSubject,
  sampleAssessment,
  sampleCertificate,
  sampleChain,
  sampleNow,
  wholeEstate,
} from '../support/status.ts';

/** Refuses fields that the schema does not name, at any depth: the document and the schema grow together. */
function strictly(schema: z.ZodType, value: unknown): void {
  const round = schema.parse(value);
  expect(round).toEqual(value);
}

describe('json', () => {
  test.each(Object.entries(everyEnvironment()))('the report of %s is exactly what the schema describes', (_, each) => {
    strictly(checkReportSchema, checkReport([each], sampleNow));
  });

  test.each(Object.entries(everyEnvironment()))(
    '%s as the API gives it is exactly what the schema describes',
    (_, each) => {
      strictly(environmentSchema, environmentJson(each, sampleNow));
    },
  );

  test('a field that the schema does not name is noticed', () => {
    const report = { ...checkReport([], sampleNow), extra: 1 };
    expect(() => strictly(checkReportSchema, report)).toThrow();
  });

  test('the report validates against the JSON Schema that others see', () => {
    const ajv = new Ajv2020({ strict: true });
    ajvFormats.default(ajv);
    const validate = ajv.compile(z.toJSONSchema(checkReportSchema));
    const report = JSON.parse(JSON.stringify(checkReport(wholeEstate().environments, sampleNow)));
    validate(report);
    expect(validate.errors).toBeNull();
    report.environments[0].findings.push({ code: 'no_such_code' });
    expect(validate(report)).toBe(false);
  });

  test('the worst status of any environment is the status of the report', () => {
    const { healthy, expiresSoon, expired } = everyEnvironment();
    expect(checkReport([healthy], sampleNow).status).toBe('ok');
    expect(checkReport([expiresSoon, healthy], sampleNow).status).toBe('warning');
    expect(checkReport([healthy, expired, expiresSoon], sampleNow).status).toBe('critical');
  });

  test('a certificate has every field that scripts rely on', () => {
    const [client] = environmentJson(environmentStatus(), sampleNow).certificates;
    expect(client).toEqual({
      role: 'client',
      onPath: true,
      subject: 'O=nhs, OU=Devices, CN=X26ABC1.X26.api.mesh-client.nhs.uk',
      issuer: 'O=nhs, OU=CA, CN=NHS INT Authentication G2',
      serial: '0A1B2C3D4E5F60718293A4B5C6D7E8F9',
      fingerprintSha256: '3cdcac3b9f61bb7b6cd65146808b4be7e5a5cf1c302cf92121fe985fcd90cee5',
      notBefore: '2023-12-23T09:30:00Z',
      notAfter: '2026-12-22T09:30:00Z',
      daysLeft: 295,
      keyAlgorithm: 'RSA',
      keyBits: 2048,
      signatureAlgorithm: 'sha256WithRSAEncryption',
    });
  });

  test('curve and private key usage period are given where the certificate has them', () => {
    const certificate = sampleCertificate({
      publicKey: { algorithm: 'EC', bits: 256, curve: 'P-256', spki: Buffer.alloc(1) },
      privateKeyUsagePeriod: { notAfter: daysFromSampleNow(100) },
    });
    const assessment = sampleAssessment({ certificates: [{ role: 'client', onPath: true, certificate }] });
    const [client] = inspectionReport({ assessment, sources: {}, chainOrder: 'root-first' }, sampleNow).inspection
      .certificates;
    expect(client).toMatchObject({
      keyCurve: 'P-256',
      privateKeyUsagePeriod: { notAfter: '2026-06-10T09:30:00Z' },
    });
    strictly(
      inspectionReportSchema,
      inspectionReport({ assessment, sources: {}, chainOrder: 'root-first' }, sampleNow),
    );
  });

  test('a sandbox without a credential has no verdict, and no dates', () => {
    const json = environmentJson(everyEnvironment().sandbox, sampleNow);
    expect(json).toMatchObject({ credentialConfigured: false, certificates: [], path: [], checks: [], judged: {} });
    expect(json).not.toHaveProperty('valid');
    expect(json).not.toHaveProperty('expiresAt');
    expect(json.handshake).toMatchObject({ outcome: 'success', httpStatus: 200 });
  });

  test('a check says whether it was judged, and the object by name says the same', () => {
    const assessment = sampleAssessment({ failed: ['readable'], notJudged: ['key_match'] });
    const { checks, judged } = inspectionReport(
      { assessment, sources: {}, chainOrder: 'root-first' },
      sampleNow,
    ).inspection;
    expect(checks.slice(0, 3)).toEqual([
      { check: 'readable', passed: false, judged: true },
      { check: 'key_match', passed: false, judged: false },
      { check: 'chain_order', passed: true, judged: true },
    ]);
    expect(judged).toEqual(Object.fromEntries(checks.map((each) => [each.check, each.judged])));
  });

  test('the dates of a file that has gone bad stay', () => {
    const json = environmentJson(everyEnvironment().unreadable, sampleNow);
    expect(json).toMatchObject({ valid: false, daysLeft: 295, expiresAt: '2026-12-22T09:30:00Z' });
    expect(json.certificates).toHaveLength(3);
  });

  test('days left follow the time of the report, and the time of --at for an inspection', () => {
    expect(environmentJson(environmentStatus(), daysFromSampleNow(1)).daysLeft).toBe(294);
    const assessment = sampleAssessment({ assessedAt: daysFromSampleNow(100) });
    const report = inspectionReport({ assessment, sources: {}, chainOrder: 'root-first' }, sampleNow);
    expect(report).toMatchObject({
      generatedAt: '2026-03-02T09:30:00Z',
      inspection: { assessedAt: '2026-06-10T09:30:00Z', daysLeft: 195 },
    });
  });

  test('the path runs from client to root', () => {
    const json = environmentJson(environmentStatus(), sampleNow);
    const roles = json.path.map((print) => json.certificates.find((each) => each.fingerprintSha256 === print)?.role);
    expect(roles).toEqual(['client', 'intermediate', 'root']);
  });

  test('a hostile subject is carried as text, escaped', () => {
    const assessment = sampleAssessment({ certificates: sampleChain({ subjectText: hostileSubject }) });
    const text = JSON.stringify(inspectionReport({ assessment, sources: {}, chainOrder: 'root-first' }, sampleNow));
    expect(JSON.parse(text).inspection.certificates[0].subject).toBe(escaped(hostileSubject));
  });

  test('a renewal with everything in it is what the schema describes', () => {
    const record: Required<RenewalRecord> = {
      environment: 'integration',
      mailboxId: 'X26ABC1',
      mesh: 'integration',
      fingerprintSha256: 'a'.repeat(64),
      state: 'requested',
      commonName: new Untrusted('x26abc1.x26.api.mesh-client.nhs.uk'),
      serial: '0A',
      notAfter: daysFromSampleNow(40),
      transitions: [{ state: 'requested', at: sampleNow, reason: literal('The mail server took it.') }],
      askedAt: sampleNow,
      askedReason: 'the key was lost',
      requestedAt: sampleNow,
      delivery: 'sent',
      successorFingerprintSha256: 'd'.repeat(64),
      successorSeenAt: sampleNow,
      messageId: '<1@example.nhs.uk>',
      keyFile: 'keys/1.pem',
      keyPlace: 'SSM parameter /mesh/key',
      csrFile: 'csr/1.csr',
      messageFile: 'outbox/1.eml',
      spkiSha256: 'b'.repeat(64),
      issuedFingerprintSha256: 'c'.repeat(64),
      acceptedAt: sampleNow,
      remindedAt: sampleNow,
      closedAt: sampleNow,
      attempts: 2,
      bodyBegunAt: sampleNow,
      refusedThing: 'sender',
      nextAttemptAt: sampleNow,
      lastError: literal('451 try later'),
    };
    const status = {
      state: record.state,
      reason: literal('It was sent.'),
      dueAt: sampleNow,
      lastSafeDay: sampleNow,
      record,
    };
    const json = renewalJson(status);
    strictly(renewalSchema, json);
    expect(Object.keys(json.record ?? {}).sort()).toEqual(Object.keys(record).sort());
  });

  test('the last safe day is a date in London, also while its midnight is the day before in UTC', () => {
    const lastSafeDay = new Date('2026-07-22T23:00:00Z');
    expect(renewalJson({ state: 'due', reason: literal('It is due.'), lastSafeDay })).toMatchObject({
      lastSafeDay: '2026-07-23',
      lastSafeDayStartsAt: '2026-07-22T23:00:00Z',
    });
  });

  test('times are RFC 3339 in UTC, to the second', () => {
    const at = (time: string) => checkReport([], new Date(time)).generatedAt;
    expect(at('2049-12-31T23:59:59+00:00')).toBe('2049-12-31T23:59:59Z');
    expect(at('9999-12-31T23:59:59Z')).toBe('9999-12-31T23:59:59Z');
    expect(at('2026-06-01T12:00:00.250+01:00')).toBe('2026-06-01T11:00:00Z');
  });
});

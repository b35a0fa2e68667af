import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dayMs, secondMs } from '../../src/time/duration.ts';
import { judgeBundle } from '../../src/verify/bundle.ts';
import { judgeKeyMatch } from '../../src/verify/key-match.ts';
import { labelOf } from '../../src/verify/label.ts';
import { judgeNaming, parseCommonName } from '../../src/verify/naming.ts';
import { policyFor } from '../../src/verify/policy.ts';
import { clientFailures, issuerFailures } from '../../src/verify/rules/all.ts';
import { judgeCaExpiry, judgeValidity } from '../../src/verify/validity.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import { handleOf, parsed } from '../support/credential/deployed.ts';
import { ca, date, keysFor, leaf } from '../support/pki.ts';

const codes = (findings: readonly { code: string }[]) => findings.map(({ code }) => code);
const thresholds = { warningMs: 45 * dayMs, criticalMs: 14 * dayMs };
const root = await ca({ cn: 'Root' });
const client = await leaf({ issuer: root, notBefore: date('2025-01-01'), notAfter: date('2028-01-01') });

describe('validity', () => {
  const end = date('2028-01-01').getTime();
  test.each([
    ['a second before the warning threshold', end - 45 * dayMs - secondMs, []],
    ['at the warning threshold', end - 45 * dayMs, []],
    ['a second inside it', end - 45 * dayMs + secondMs, ['certificate_expires_soon']],
    ['a second before the critical threshold', end - 14 * dayMs - secondMs, ['certificate_expires_soon']],
    ['at the critical threshold', end - 14 * dayMs, ['certificate_expires_soon']],
    ['a second inside it', end - 14 * dayMs + secondMs, ['certificate_expires_imminently']],
    ['at notAfter', end, ['certificate_expires_imminently']],
    ['a second after notAfter', end + secondMs, ['certificate_expired']],
    ['at notBefore', date('2025-01-01').getTime(), []],
    ['a second before notBefore', date('2025-01-01').getTime() - secondMs, ['certificate_not_yet_valid']],
  ])('validity: %s, only the worst is said', (_, at, expected) => {
    expect(codes(judgeValidity(parsed(client), thresholds, new Date(at)))).toEqual(expected);
  });

  test('validity: says the day and how many are left', () => {
    const [soon] = judgeValidity(parsed(client), thresholds, date('2027-12-01'));
    expect(soon!.message).toContain('expires on 2028-01-01 00:00:00 UTC, in 31 days.');
  });

  test.each([
    ['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z'],
    ['2050-01-01T00:00:00Z', '2050-01-01T00:00:01Z'],
  ])('validity: a certificate to %s has expired at %s', async (notAfter, later) => {
    const certificate = parsed(await leaf({ notAfter: date(notAfter) }));
    expect(codes(judgeValidity(certificate, thresholds, date(notAfter)))).toEqual(['certificate_expires_imminently']);
    expect(codes(judgeValidity(certificate, thresholds, date(later)))).toEqual(['certificate_expired']);
  });

  test('validity: the last second of 9999 is no expiry (RFC 5280 §4.1.2.5)', async () => {
    const certificate = parsed(await leaf({ notAfter: date('9999-12-31T23:59:59Z') }));
    expect(judgeValidity(certificate, thresholds, date('2026-11-23'))).toEqual([]);
  });

  test('validity: CAs that end soon or before the client are advice, each with its name', async () => {
    const path = (notAfter: string) => ca({ cn: 'Sub', issuer: root, notAfter: date(notAfter) });
    const judge = async (subEnd: string, at: string) =>
      codes(judgeCaExpiry([client, await path(subEnd), root].map(parsed), [], thresholds, date(at)));
    expect(await judge('2028-01-01', '2026-01-01')).toEqual([]);
    expect(await judge('2027-12-31T23:59:59Z', '2026-01-01')).toEqual(['ca_expires_before_client']);
    expect(await judge('2027-12-31T23:59:59Z', '2027-12-01')).toEqual(['ca_expires_soon', 'ca_expires_before_client']);
    expect(await judge('2030-01-01', '2029-12-01')).toEqual(['ca_expires_soon']);
  });
});

describe('validity: a CA that another path replaces', () => {
  const now = date('2026-11-23');
  const sub = (notBefore: string, notAfter: string) =>
    ca({ cn: 'Sub', issuer: root, keys: old.keys, notBefore: date(notBefore), notAfter: date(notAfter) });
  let old: Awaited<ReturnType<typeof ca>>;
  const judge = async (replacement: Awaited<ReturnType<typeof ca>> | undefined, clientEnds = '2028-01-01') => {
    const of = await leaf({ issuer: old, notAfter: date(clientEnds) });
    const bundle = [root, old, ...(replacement ? [replacement] : [])].map(parsed);
    return judgeCaExpiry([of, old, root].map(parsed), bundle, thresholds, now);
  };
  beforeAll(async () => {
    old = await ca({ cn: 'Sub', issuer: root, notAfter: date('2026-12-01') });
  });

  test('without one, its end is told', async () => {
    expect(codes(await judge(undefined))).toEqual(['ca_expires_soon', 'ca_expires_before_client']);
  });
  test('with one that lasts, nothing is to be done', async () => {
    expect(await judge(await sub('2026-01-01', '2030-01-01'))).toEqual([]);
  });
  test('one that begins a second after the end leaves no gap, and a second later it does', async () => {
    expect(await judge(await sub('2026-12-01T00:00:01Z', '2030-01-01'))).toEqual([]);
    expect(codes(await judge(await sub('2026-12-01T00:00:02Z', '2030-01-01')))).toContain('ca_expires_soon');
  });
  test('one that ends soon too is the one to tell of', async () => {
    const findings = await judge(await sub('2026-01-01', '2026-12-20'));
    expect(codes(findings)).toEqual(['ca_expires_soon', 'ca_expires_before_client']);
    expect(findings[0]!.message).toContain('expires on 2026-12-20');
  });
  test('one that ends before the client is told as that', async () => {
    const findings = await judge(await sub('2026-01-01', '2027-06-01'));
    expect(codes(findings)).toEqual(['ca_expires_before_client']);
  });
  test('one that does not hold replaces nothing', async () => {
    const bad = await ca({ cn: 'Sub', issuer: root, keys: old.keys, isCa: false, notAfter: date('2030-01-01') });
    expect(codes(await judge(bad))).toContain('ca_expires_soon');
  });
});

describe('rules that no real certificate is easily made to break', () => {
  const bent = (certificate: Certificate, change: Partial<Certificate>): Certificate => ({ ...certificate, ...change });
  const at = date('2026-11-23');

  test('public key: one that OpenSSL cannot read is unusable, on the client and on a CA', () => {
    const malformed = (certificate: Certificate) =>
      bent(certificate, { publicKey: { algorithm: 'unknown', bits: 0, flaw: 'malformed', spki: new Uint8Array() } });
    expect(codes(clientFailures(parsed(client)))).toEqual([]);
    expect(codes(clientFailures(malformed(parsed(client))))).toEqual(['public_key_unusable']);
    expect(codes(issuerFailures(malformed(parsed(root)), true, at))).toEqual(['public_key_unusable']);
  });

  test('CA: a root of version 1 is one without saying so; one of version 2, and a sub CA of version 1, are not', () => {
    const { basicConstraints: _, ...silent } = parsed(root);
    const judge = (version: number, isRoot: boolean) => codes(issuerFailures(bent(silent, { version }), isRoot, at));
    expect(judge(1, true)).toEqual([]);
    expect(judge(1, false)).toEqual(['chain_not_a_ca']);
    expect(judge(2, true)).toEqual(['chain_not_a_ca']);
    expect(judge(3, true)).toEqual(['chain_not_a_ca']);
  });

  test('signature: a root’s own may be of SHA-1, that of another CA may not (RFC 9155)', () => {
    const old = bent(parsed(root), { signatureAlgorithm: 'sha1WithRSAEncryption' });
    expect(codes(issuerFailures(old, true, at))).toEqual([]);
    expect(codes(issuerFailures(old, false, at))).toEqual(['weak_signature_algorithm']);
  });
});

describe('naming', () => {
  test.each([
    ['X26ABC1.X26.api.mesh-client.nhs.uk', { localId: 'X26ABC1', odsCode: 'X26' }],
    ['n1g3bot001.n1g3b.API.Mesh-Client.NHS.uk', { localId: 'n1g3bot001', odsCode: 'n1g3b' }],
    ['server_001.x26.api.mesh-client.nhs.uk', { localId: 'server_001', odsCode: 'x26' }],
    ['x26.api.mesh-client.nhs.uk', undefined],
    ['a.b.x26.api.mesh-client.nhs.uk', undefined],
    ['x26abc1.x26.thirdparty.nhs.uk', undefined],
    ['x26abc1.x26.api.mesh-client.nhs.uk.example', undefined],
    ['x26abc1.x26.api-mesh-client.nhs.uk', undefined],
    ['x26abc1.x26.api.mesh-client.nhs.uk\n', undefined],
    ['', undefined],
  ])('naming: %j is read as %j', (commonName, parts) => {
    expect(parseCommonName(commonName)).toEqual(parts);
  });

  const named = (cn: string) => leaf({ cn, issuer: root }).then(parsed);

  test('naming: ODS code and mailbox are compared without regard to case', async () => {
    const certificate = await named('x26abc1.x26.api.mesh-client.nhs.uk');
    expect(judgeNaming(certificate, { odsCode: 'X26', mailboxId: 'X26ABC1' })).toEqual([]);
    expect(codes(judgeNaming(certificate, { odsCode: 'N1G3B', mailboxId: 'x26abc1' }))).toEqual([
      'common_name_ods_code_mismatch',
    ]);
    expect(codes(judgeNaming(certificate, { odsCode: 'x26', mailboxId: 'X26ABC2' }))).toEqual([
      'common_name_mailbox_mismatch',
    ]);
    expect(judgeNaming(certificate, {})).toEqual([]);
  });

  test('naming: a name of another form, or none, says nothing about ODS code and mailbox', async () => {
    const other = await named('mesh.example');
    expect(codes(judgeNaming(other, { odsCode: 'X26', mailboxId: 'X26ABC1' }))).toEqual(['common_name_malformed']);
    const nameless = parsed(await leaf({ subject: [{ O: ['nhs'] }], issuer: root }));
    const findings = judgeNaming(nameless, { odsCode: 'X26' });
    expect(codes(findings)).toEqual(['common_name_malformed']);
    // Its subject is shown where a name would be, and must not pass for one.
    expect(findings[0]?.message).toMatch(/^The certificate \(“O=nhs”\) has no common name\./);
  });
});

describe('key match', () => {
  const kinds = ['rsa-2048', 'ec-p256', 'ec-p384', 'ed25519'] as const;
  test.each(kinds)('key match: %s with its own certificate, and no other', async (kind) => {
    const [own, other] = [await keysFor(kind, 'own'), await keysFor(kind, 'other')];
    const certificate = parsed(await leaf({ issuer: root, keys: own }));
    expect(judgeKeyMatch(certificate, handleOf(own))).toEqual([]);
    expect(codes(judgeKeyMatch(certificate, handleOf(other)))).toEqual(['key_mismatch']);
  });

  test('key match: one key written in two ways is the same key', async () => {
    const keys = await keysFor('ec-p256', 'compressed');
    const certificate = parsed(await leaf({ issuer: root, keys }));
    const uncompressed = Buffer.from(certificate.publicKey.spki);
    const point = uncompressed.subarray(-65);
    const parity = point.at(-1)! % 2 === 0 ? 2 : 3;
    const compressed = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      Buffer.from([parity]),
      point.subarray(1, 33),
    ]);
    const asCompressed: Certificate = { ...certificate, publicKey: { ...certificate.publicKey, spki: compressed } };
    expect(judgeKeyMatch(asCompressed, handleOf(keys))).toEqual([]);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(codes(judgeKeyMatch(asCompressed, handleOf({ kind: 'ec-p256', ...stranger })))).toEqual(['key_mismatch']);
  });
});

test('bundle: a hundred strangers are eight findings and one that counts the rest', async () => {
  const strangers = await Promise.all(Array.from({ length: 100 }, (_, index) => ca({ cn: `Stranger ${index}` })));
  const found = judgeBundle(
    [root, ...strangers].map(parsed),
    parsed(client),
    { path: [client, root].map(parsed), complete: true },
    date('2026-11-23'),
  );
  expect(codes(found)).toEqual(Array(9).fill('bundle_unrelated_certificate'));
  expect(found[0]!.message).toBe(
    'In the bundle, “Stranger 0” (certificate 2) is not on the path of the client certificate.',
  );
  expect(found.at(-1)!.message).toContain('92 more');
});

test('bundle: an expired CA on a path that does not reach a root is not called unneeded', async () => {
  const gone = await ca({ cn: 'Gone', issuer: root, notAfter: date('2021-01-01') });
  const path = [await leaf({ issuer: gone }), gone].map(parsed);
  expect(judgeBundle([parsed(gone)], path[0], { path, complete: false }, date('2026-11-23'))).toEqual([]);
});

test('bundle: without a path to a root nothing is called unrelated', async () => {
  const bundle = [await ca({ cn: 'Stranger' }), await ca({ cn: 'Gone', notAfter: date('2021-01-01') })].map(parsed);
  expect(
    codes(judgeBundle(bundle, parsed(client), { path: [parsed(client)], complete: false }, date('2026-11-23'))),
  ).toEqual(['bundle_expired_certificate']);
});

test('labels: a name that could move a terminal’s cursor is shown escaped, and a long one is cut', async () => {
  const hostile = parsed(await ca({ cn: 'evil\u001b[2J\r\n' }));
  expect(labelOf(hostile)).not.toMatch(/\p{Cc}/u);
  expect(labelOf(parsed(await ca({ cn: 'x'.repeat(500) })))).toBe(`“${'x'.repeat(120)}…”`);
  expect(labelOf(parsed(await ca({ subject: [{ O: ['nhs'] }] })))).toBe('“O=nhs”');
});

test.each([
  ['integration', 'path-to-live'],
  ['deployment', 'path-to-live'],
  ['production', 'live'],
  ['sandbox', undefined],
  [undefined, undefined],
] as const)('policy: the preset %s belongs to the infrastructure %s', (preset, pki) => {
  const { preset: _, ...rest } = sampleEnvironment();
  const environment = preset ? { ...rest, preset } : rest;
  expect(policyFor(environment)).toEqual({
    chainOrder: environment.chainOrder,
    thresholds: environment.thresholds,
    odsCode: environment.odsCode,
    mailboxId: environment.mesh.mailboxId,
    ...(pki ? { pki } : {}),
  });
});

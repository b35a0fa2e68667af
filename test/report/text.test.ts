import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { checkText, inspectionText } from '../../src/report/text.ts';
import type { AssessedCertificate } from '../../src/verify/types.ts';
import {
  accepted,
  daysFromSampleNow,
  environmentStatus,
  everyEnvironment,
  handshakeStatusOf,
  hostileSubject,
  sampleAssessment,
  sampleCertificate,
  sampleChain,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
  sampleNow,
} from '../support/status.ts';

const plain = { colour: false, columns: 100 };
const estate = Object.values(everyEnvironment());
const check = (...environments: Parameters<typeof checkText>[0]) => checkText(environments, sampleNow, plain);
const inspect = (more: Parameters<typeof sampleAssessment>[0], terminal = plain) =>
  inspectionText({ assessment: sampleAssessment(more), sources: {}, chainOrder: 'root-first' }, terminal);

describe('text', () => {
  test.each([60, 80, 100])('a healthy and a failing environment, %i columns wide', async (columns) => {
    const { expired, healthy, refused, sandbox } = everyEnvironment();
    const text = checkText([healthy, expired, refused, sandbox], sampleNow, { colour: false, columns });
    await expect(text).toMatchFileSnapshot(`golden/check-${columns}.txt`);
  });

  test('an inspection with findings of every severity', async () => {
    const text = inspect({
      failed: ['chain_order', 'key_match'],
      findings: [
        sampleFinding('key_mismatch', 'The public key of private_key.pem is not that of client.pem.'),
        sampleFinding('chain_order_wrong', 'The bundle is leaf-first.'),
        sampleFinding('bundle_duplicate_certificate', 'NHS INT Authentication G2 stands twice.'),
      ],
    });
    await expect(text).toMatchFileSnapshot('golden/inspect-findings.txt');
  });

  test.each([
    [true, 'encrypted'],
    [false, 'not encrypted'],
  ])('a key alone is described: encrypted %s', (encrypted, expected) => {
    const { publicKey } = sampleCertificate();
    const text = inspect({
      certificates: [],
      path: [],
      checks: { readable: true },
      privateKey: { publicKey, encrypted },
    });
    expect(text).toMatch(/^OK {2}a private key found, but no client certificate to check\n/);
    expect(text).toContain(`  Key        RSA 2048, ${expected}\n`);
  });

  test('the worst finding comes first, whatever the order of the rules', () => {
    const text = inspect({ findings: [sampleFinding('bundle_duplicate_certificate'), sampleFinding('key_mismatch')] });
    expect(text.indexOf('key_mismatch')).toBeLessThan(text.indexOf('bundle_duplicate_certificate'));
  });

  test.each([40, 50, 60, 70, 80, 90])('a moment and a place stay on one line, %i columns wide', (columns) => {
    const message =
      'The root in the bundle expired on 2024-06-04 11:28:31 UTC; swap “Sub” (certificate 12) with “Root”.';
    const text = inspect({ findings: [sampleFinding('ca_expired', message)] }, { colour: false, columns });
    expect(text).toContain('2024-06-04 11:28:31 UTC');
    expect(text).toContain('(certificate 12)');
  });

  test.each([60, 80, 100, 200])('nothing is wider than %i columns', (columns) => {
    const { hostile: _, ...others } = everyEnvironment();
    const lines = checkText(Object.values(others), sampleNow, { colour: false, columns }).split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });

  test('colour adds escape sequences and nothing else', () => {
    const coloured = checkText(estate, sampleNow, { colour: true, columns: 100 });
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(checkText(estate, sampleNow, plain));
  });

  test('a hostile subject can neither move the cursor nor turn the writing round', () => {
    const certificates = sampleChain({ subjectText: hostileSubject });
    const text = inspect({ certificates, findings: [sampleFinding('common_name_malformed', hostileSubject)] });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
    expect(text).toContain('\\u{202e}');
  });
});

describe('chain', () => {
  const [client, root, intermediate] = sampleChain() as [AssessedCertificate, AssessedCertificate, AssessedCertificate];
  const treeOf = (certificates: AssessedCertificate[], path: string[], terminal = plain) => {
    const text = inspect({ certificates, path }, terminal);
    return text.slice(text.indexOf('Certificates')).split('\n\n')[0]?.replace(/^.*\n/, '');
  };
  const prints = (...all: AssessedCertificate[]) => all.map((each) => each.certificate.fingerprintSha256);

  test('is drawn from root to client, whatever the order of the file', () => {
    const path = prints(client, intermediate, root);
    const drawn = treeOf([client, intermediate, root], path);
    expect(drawn).toBe(treeOf([client, root, intermediate], path));
    expect(drawn?.split('\n').map((line) => line.slice(0, 42).trimEnd())).toEqual([
      '  NHS PTL Root Authority G2',
      '  └─ NHS INT Authentication G2',
      '     └─ X26ABC1.X26.api.mesh-client.nhs.uk',
    ]);
  });

  test('names the issuer that the bundle lacks', () => {
    const drawn = treeOf([client, root], prints(client));
    expect(drawn).toContain('  (missing) NHS INT Authentication G2\n  └─ X26ABC1.X26');
  });

  test('draws a client certificate alone without an issuer that nobody asked for', () => {
    const alone = inspect({ certificates: [client], path: prints(client), checks: { readable: true, validity: true } });
    expect(alone).toContain('\n  X26ABC1.X26.api.mesh-client.nhs.uk  client');
    expect(alone).not.toContain('missing');
  });

  test('marks what the path does not use, and draws it after the path', () => {
    const stranger: AssessedCertificate = {
      role: 'root',
      onPath: false,
      certificate: sampleCertificate({ subjectText: 'CN=Stranger', issuerText: 'CN=Stranger' }),
    };
    const drawn = treeOf([client, stranger, root, intermediate], prints(client, intermediate, root));
    expect(drawn?.split('\n').at(-1)).toMatch(/^ {2}Stranger \(unused\) +root /);
    expect(drawn?.match(/unused/g)).toHaveLength(1);
  });

  test('draws a bundle alone, with nothing called unused', () => {
    const off = [root, intermediate].map((each) => ({ ...each, onPath: false }));
    expect(treeOf(off, [])).not.toContain('unused');
    expect(inspect({ certificates: off, path: [] })).toMatch(
      /^OK {2}2 CA certificates found, but no client certificate to check\n/,
    );
  });

  test('draws every certificate once, even where two name each other as issuer', () => {
    const twin = (subjectText: string, issuerText: string): AssessedCertificate => ({
      role: 'intermediate',
      onPath: false,
      certificate: sampleCertificate({ subjectText, issuerText }),
    });
    const drawn = treeOf([twin('CN=A', 'CN=B'), twin('CN=B', 'CN=A')], []) ?? '';
    expect(drawn.split('\n')).toHaveLength(2);
  });

  test('says of each certificate when it ends and how long that is', () => {
    const ends = (notAfter: Date, notBefore = daysFromSampleNow(-800)) =>
      treeOf([{ ...client, certificate: sampleCertificate({ notAfter, notBefore }) }], []);
    expect(ends(daysFromSampleNow(295))).toContain('2026-12-22  295 days left');
    expect(ends(daysFromSampleNow(1))).toContain('1 day left');
    expect(ends(daysFromSampleNow(0.5))).toContain('12 hours left');
    expect(ends(sampleNow)).toContain('less than an hour left');
    expect(ends(new Date(sampleNow.getTime() - 1000))).toContain('expired less than an hour ago');
    expect(ends(daysFromSampleNow(-2))).toContain('expired 2 days ago');
    expect(ends(daysFromSampleNow(9), daysFromSampleNow(1))).toContain('not valid before 2026-03-03');
  });

  test('is red where a certificate on the path is out of its time', () => {
    const expired = { ...client, certificate: sampleCertificate({ notAfter: daysFromSampleNow(-1) }) };
    const coloured = { colour: true, columns: 100 };
    expect(treeOf([expired], prints(expired), coloured)).toContain('\u001b[31m  └─ X26ABC1');
    expect(treeOf([client, root, intermediate], prints(client, intermediate, root), coloured)).not.toContain(
      '\u001b[31m',
    );
  });
});

describe('handshake', () => {
  const shown = (last: Parameters<typeof handshakeStatusOf>[0]) =>
    check(environmentStatus({ handshake: handshakeStatusOf(last) }));

  test('a success shows the phases, the server and the clock', () => {
    expect(shown(sampleHandshake())).toContain(`
  Handshake  validate succeeded, HTTP 200
             dns 2 ms, connect 11 ms, tls 43 ms, request 87 ms
             TLSv1.3, TLS_AES_256_GCM_SHA384
             server msg.intspineservices.nhs.uk, until 2026-09-18 (200 days left), verified
             the server requested the client certificate
             clock in step with the server’s
`);
  });

  test('a failure shows the reason, and only the phases that were reached', () => {
    const text = shown(sampleFailedHandshake('client_certificate_rejected'));
    expect(text).toContain('  Handshake  validate failed: client_certificate_rejected\n');
    expect(text).toContain('             dns 2 ms\n');
    expect(text).not.toContain('connect 11 ms');
  });

  test.each([
    [1.4, 'clock in step'],
    [-301, 'clock 301 s behind'],
    [7200, 'clock 7200 s ahead of'],
  ])('a clock skew of %d s reads "%s"', (clockSkewSeconds, expected) => {
    expect(shown(sampleHandshake({ clockSkewSeconds }))).toContain(expected);
  });
});

test('the count stands at the end, where the eye is', () => {
  const { expired, expiresSoon, healthy } = everyEnvironment();
  expect(check(healthy).trimEnd().split('\n').at(-1)).toBe('1 environment: 1 ok');
  const text = check(healthy, expired, expiresSoon, healthy);
  expect(text.trimEnd().split('\n').at(-1)).toBe('4 environments: 1 critical, 1 warning, 2 ok');
});

test('a certificate that waits to be deployed is said first, and the environment is OK', () => {
  const text = check(accepted());
  expect(text).toMatch(
    /^OK {2}integration: The new certificate has been issued and is not deployed yet; the certificate\n +expires on [^;]+; valid, 295 days left/,
  );
  expect(text).toMatch(/Do first +Deploy the certificate that was issued\.\n +\$ cat INSTRUCTIONS\.txt/);
  expect(text.trimEnd().split('\n').at(-1)).toBe('1 environment: 1 ok');
});

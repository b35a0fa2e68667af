import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { shippedBundle, shippedCertificates } from '../../src/bundle/shipped.ts';
import { inspect } from '../../src/index.ts';
import { dayMs } from '../../src/time/duration.ts';
import { recognise } from '../../src/verify/nhs-pki.ts';
import { parseCertificate } from '../../src/x509/parse.ts';

describe.each(shippedCertificates)('$commonName', (shipped) => {
  const certificate = parseCertificate(new X509Certificate(shipped.pem).raw);

  test('is what the table says, and what the NHS publishes', () => {
    expect(shipped).toMatchObject({
      commonName: certificate.subject.commonName?.raw(),
      fingerprintSha256: certificate.fingerprintSha256,
      notBefore: certificate.notBefore.toISOString().replace('.000', ''),
      notAfter: certificate.notAfter.toISOString().replace('.000', ''),
    });
    const { commonName, pki, role } = shipped;
    expect(recognise(certificate)).toMatchObject({ commonName, pki, role, generation: 2 });
    expect(shipped.source).toMatch(/^https:/);
    expect(shipped.copied).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('is valid for another year at least: if this fails, ship its successor', () => {
    expect(certificate.notAfter.getTime()).toBeGreaterThan(Date.now() + 365 * dayMs);
  });
});

describe.each(['integration', 'deployment', 'production'] as const)('the bundle for %s', (environment) => {
  test('has the root first, then the CA that it issued', () => {
    const [root, sub] = shippedBundle(environment, 'root-first').map(({ pem }) => new X509Certificate(pem));
    expect(root!.checkIssued(root!) && sub!.checkIssued(root!) && sub!.verify(root!.publicKey)).toBe(true);
  });

  test.each(['root-first', 'leaf-first'] as const)(
    '%s: inspect found nothing in it when it was copied',
    async (chainOrder) => {
      const caBundle = shippedBundle(environment, chainOrder)
        .map(({ pem }) => pem)
        .join('');
      const at = new Date(
        shippedCertificates
          .map(({ copied }) => copied)
          .sort()
          .at(-1)!,
      );
      expect(await inspect({ caBundle }, { at, chainOrder })).toMatchObject({ order: chainOrder, findings: [] });
    },
  );
});

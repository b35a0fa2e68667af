import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { rules } from '../../src/diagnosis/rules/all.ts';
import { statusOf } from '../../src/findings/finding.ts';
import { sampleHandshake } from '../support/status.ts';
import { assessment, evidence, failed, renewal } from './evidence.ts';
import { issued } from './samples.ts';

describe('the diagnosis', () => {
  test('of nothing is that nothing needs attention', () => {
    expect(diagnose(evidence([]))).toMatchObject({ headline: 'Nothing needs attention', firstAction: 'Nothing.' });
    expect(diagnose(evidence(['server_not_verified'])).cause).toBeUndefined();
  });

  test('of nothing but a certificate that waits to be deployed is that, as information', () => {
    const about = evidence(['bundle_duplicate_certificate', 'renewal_not_deployed'], { renewal: issued });
    const { alsoNeedsAttention, cause, findings, ...words } = diagnose(about);
    expect(cause).toMatchObject({ code: 'renewal_not_deployed', severity: 'info' });
    expect([alsoNeedsAttention, statusOf(findings)]).toEqual([[], 'ok']);
    expect(findings.map(({ code }) => code)).toEqual(['renewal_not_deployed', 'bundle_duplicate_certificate']);
    expect(words).toMatchObject({
      headline: expect.stringMatching(/^The new certificate has been issued and is not deployed yet/),
      firstAction: 'Deploy it.',
      command: 'cat INSTRUCTIONS.txt',
    });
  });

  test('of anything worse is that, and the certificate that waits stays information beside it', () => {
    const { alsoNeedsAttention, cause, findings } = diagnose(
      evidence(['renewal_not_deployed', 'chain_order_wrong'], { renewal: issued }),
    );
    expect([cause?.code, alsoNeedsAttention]).toEqual(['chain_order_wrong', []]);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['chain_order_wrong', 'warning'],
      ['renewal_not_deployed', 'info'],
    ]);
  });

  test('of a first certificate that has come back says that it waits to be deployed', () => {
    const about = evidence(['first_certificate_awaited', 'renewal_not_deployed'], {
      renewal: { ...issued, first: 'awaited' },
    });
    const { cause, consequences, headline } = diagnose(about);
    expect([cause?.code, consequences.map(({ code }) => code)]).toEqual([
      'renewal_not_deployed',
      ['first_certificate_awaited'],
    ]);
    expect(headline).toMatch(/^The first certificate has been issued and is not deployed yet/);
  });

  test('names what has to be put right first where two things are equally bad', () => {
    const { cause, alsoNeedsAttention } = diagnose(evidence(['weak_key', 'private_key_unreadable']));
    expect(cause?.code).toBe('private_key_unreadable');
    expect(alsoNeedsAttention.map(({ code }) => code)).toEqual(['weak_key']);
  });

  test('a cause is as bad as the worst that follows from it', () => {
    const { cause } = diagnose(
      evidence(['renewal_email_failed', 'certificate_expires_imminently'], { renewal: renewal('failed', {}) }),
    );
    expect(cause).toMatchObject({ code: 'renewal_email_failed', severity: 'critical' });
  });

  test('what follows from a consequence follows from its cause', () => {
    const { findings } = diagnose(
      evidence(['certificate_expired', 'handshake_failed', 'mailbox_not_validated_recently'], {
        handshake: failed('client_certificate_expired'),
      }),
    );
    expect(findings.map(({ code, consequenceOf }) => [code, consequenceOf])).toEqual([
      ['certificate_expired', undefined],
      ['handshake_failed', 'certificate_expired'],
      ['mailbox_not_validated_recently', 'certificate_expired'],
    ]);
  });

  test('loses no finding, however many stand', () => {
    const all = [...new Set(rules.flatMap(({ cause, consequences = [] }) => [cause, ...consequences]))];
    const { findings } = diagnose(evidence(all, { handshake: failed('client_certificate_rejected') }));
    expect(findings.map(({ code }) => code).sort()).toEqual([...all].sort());
  });

  test('puts what MESH says beside what the files say', () => {
    const invalid = assessment({ failed: ['chain_valid'] });
    expect(diagnose(evidence(['chain_untrusted'], { assessment: invalid })).headline).toMatch(
      /MESH still accepted a connection at .* \(HTTP 200\)$/,
    );
    expect(
      diagnose(evidence(['handshake_failed'], { handshake: failed('client_certificate_rejected') })).headline,
    ).toMatch(/^MESH refuses our client certificate\. The files here are in order/);
    const headlineOf = (more: Parameters<typeof sampleHandshake>[0]) =>
      diagnose(evidence(['chain_untrusted'], { assessment: invalid, handshake: sampleHandshake(more) })).headline;
    expect(headlineOf({ clientCertificateRequested: false })).not.toContain('accepted');
    expect(headlineOf({ serverVerified: false })).toMatch(/\. A server that was not verified still accepted/);
    const both = { assessment: invalid, handshake: failed('client_certificate_rejected') };
    expect(diagnose(evidence(['chain_untrusted', 'handshake_failed'], both)).headline).not.toMatch(/MESH|in order/);
  });
});

test('a keystore is called one, not the private key in it', () => {
  const sources = {
    keystore: { kind: 'file', path: '/etc/mesh/mesh.p12' },
    passphrase: { kind: 'env', name: 'STORE_PASSPHRASE' },
  } as const;
  expect(diagnose(evidence(['passphrase_wrong'], { sources })).firstAction).toMatch(
    /^Put the passphrase of the keystore \/etc\/mesh\/mesh\.p12 into environment variable STORE_PASSPHRASE\./,
  );
});

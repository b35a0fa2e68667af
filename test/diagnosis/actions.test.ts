import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Evidence } from '../../src/diagnosis/types.ts';
import type { FindingCode } from '../../src/findings/catalogue.ts';
import type { RenewalState } from '../../src/renewal/types.ts';
import { escaped, literal, type SafeText, say } from '../../src/text/index.ts';
import { sampleFinding } from '../support/status.ts';
import { assessment, environment, evidence, failed, renewal } from './evidence.ts';
import { drafted, files, issued, manual, server, untrusted } from './samples.ts';

describe('what a person is told to do', () => {
  const commandOf = (given: Evidence) => diagnose(given).command;
  const renew = 'mesh-cert-monitor renew --config /etc/mesh/mesh-cert-monitor.yaml --environment integration';
  const resolve =
    'mesh-cert-monitor renewals resolve --config /etc/mesh/mesh-cert-monitor.yaml --environment integration';

  test.each([
    ['not_due', renew],
    ['failed', renew],
    ['uncertain', `${resolve} --not-sent`],
    ['requested', 'mesh-cert-monitor renewals --config /etc/mesh/mesh-cert-monitor.yaml'],
  ] as const)('an expired certificate whose renewal is %s: %s', (state, command) => {
    expect(commandOf(evidence(['certificate_expired'], { renewal: renewal(state, {}) }))).toBe(command);
  });

  test('an expired certificate whose renewal is drafted, or issued', () => {
    expect(commandOf(evidence(['certificate_expired'], { renewal: drafted }))).toBe(`${resolve} --sent`);
    expect(diagnose(evidence(['certificate_expired'], { renewal: issued }))).toMatchObject({
      firstAction: 'Deploy it.',
      command: 'cat INSTRUCTIONS.txt',
    });
  });

  test.each([
    ['failed', renew],
    ['uncertain', `${resolve} --not-sent`],
    ['due', undefined],
  ] as const)('a request that was not sent, in the state %s: %s', (state, command) => {
    expect(commandOf(evidence(['renewal_email_failed'], { renewal: renewal(state, {}) }))).toBe(command);
  });

  test.each([
    ['requested', renew],
    ['issued', renew],
    ['uncertain', `${resolve} --not-sent`],
  ] as const)('a key that is gone, with its request %s: %s', (state, command) => {
    expect(commandOf(evidence(['renewal_key_missing'], { renewal: renewal(state, {}) }))).toBe(command);
  });

  const reviewed = { environment: { ...environment, renewal: { ...environment.renewal, mode: 'review' as const } } };

  test.each([
    'renewal_due',
    'nothing_deployed_yet',
    'certificate_expired',
    'renewal_key_missing',
    'weak_key',
    'ca_expires_soon',
  ] as const)('%s: who forwards the request is said where the desk does not get it by itself', (code) => {
    const said = /`renewal\.mode` is `review`\): it goes to the contact in the configuration, who has to forward it\./;
    const certificates = files.certificates.map(({ certificate }) => certificate);
    const about = certificates[code === 'ca_expires_soon' ? 1 : 0]?.subject.text;
    const finding = sampleFinding(code, undefined, about === undefined ? {} : { subject: about });
    const standing = evidence([], { findings: [finding], assessment: files, renewal: renewal('due', {}) });
    expect(diagnose(standing).firstAction).not.toMatch(said);
    expect(diagnose({ ...standing, ...reviewed }).firstAction).toMatch(said);
  });

  test('a malformed bundle is replaced by one command where its CA certificates are public', () => {
    const issued = { authorityKeyIdentifier: '16c74704a860c9e45dab99f294f7c3de3398d422' };
    expect(commandOf(evidence(['ca_bundle_malformed'], { assessment: assessment({ client: issued }) }))).toBe(
      "mesh-cert-monitor bundle --environment integration --output '/etc/mesh/ca bundle.pem'",
    );
    expect(commandOf(evidence(['ca_bundle_malformed']))).toBeUndefined();
  });

  test('names are quoted for a shell', () => {
    const odd = { environment: { ...environment, name: "it's int" }, configurationFile: '/etc/my mesh/c.yaml' };
    expect(commandOf(evidence(['renewal_due'], odd))).toBe(
      "mesh-cert-monitor renew --config '/etc/my mesh/c.yaml' --environment 'it'\\''s int'",
    );
  });

  test('commands inside a remedy are filled in as well, and ask for the configuration where there is none', () => {
    const { configurationFile: _, environment: __, ...alone } = evidence(['certificate_expires_imminently']);
    expect(diagnose(evidence(['certificate_expires_imminently'])).firstAction).toContain(
      '`mesh-cert-monitor renewals --config /etc/mesh/mesh-cert-monitor.yaml`',
    );
    expect(diagnose(alone).firstAction).toContain('`mesh-cert-monitor renewals --config FILE`');
    const certificate = { kind: 'file' as const, path: '/tmp/client.pem' };
    const inspected = (code: FindingCode) =>
      diagnose({ ...alone, sources: { certificate }, findings: [sampleFinding(code)] }).firstAction;
    expect(inspected('certificate_expires_soon')).toContain('`mesh-cert-monitor renewals --config FILE`');
    expect(inspected('certificate_expired')).toContain('`mesh-cert-monitor renew --config FILE --environment NAME`');
  });

  test('where the service requests nothing, an expiry says so, and which command does', () => {
    const { command, firstAction } = diagnose(evidence(['certificate_expires_soon'], { environment: manual }));
    expect(firstAction).toMatch(/^The service does not request the next certificate \(`renewal\.mode` is `manual`\)\./);
    expect(command).toBe('mesh-cert-monitor renew --config /etc/mesh/mesh-cert-monitor.yaml --environment integration');
  });

  test('a request that the desk has: since when, and when the answer is due; then, that it is late', () => {
    const requestedAt = new Date('2026-02-25T12:00:00Z');
    const at = (now: string, code: FindingCode = 'certificate_expires_soon') =>
      diagnose(
        evidence([code], {
          now: new Date(now),
          renewal: {
            ...renewal('requested', { delivery: 'sent', requestedAt, notAfter: new Date('2026-03-20T10:00:00Z') }),
            answerDue: new Date('2026-03-04T00:00:00Z'),
          },
        }),
      );
    const command = 'mesh-cert-monitor renewals --config /etc/mesh/mesh-cert-monitor.yaml';
    // A day is over at midnight.
    for (const now of ['2026-02-25T12:00:01Z', '2026-03-04T23:59:59Z'])
      expect(at(now)).toMatchObject({
        command,
        headline: 'The desk has the renewal request; the certificate expires on 2026-03-20 10:00 UTC',
        firstAction:
          'The desk has had the request since 25 February 2026; its answer is due by 4 March 2026. Until then there is nothing to do; after that, telephone it.',
      });
    const late = at('2026-03-05T00:00:00Z', 'certificate_expires_imminently');
    expect(late).toMatchObject({ command, headline: expect.stringMatching(/^The desk has not delivered/) });
    expect(late.firstAction).toMatch(/^It is urgent: telephone the certificate desk/);
    expect(at('2026-03-05T00:00:00Z').firstAction).toMatch(/^Reply to the request or write to /);
  });

  test('no command asks a desk that is not configured', () => {
    const alone = { ...manual, renewal: { ...manual.renewal, desk: [] } };
    for (const code of ['certificate_expires_soon', 'certificate_expires_imminently', 'certificate_expired'] as const) {
      const { command, firstAction } = diagnose(evidence([code], { environment: alone }));
      expect([code, command]).toEqual([code, undefined]);
      expect(firstAction).not.toContain('mesh-cert-monitor');
    }
    const unusable = diagnose(evidence(['weak_key'], { environment: alone, assessment: files }));
    expect(unusable.command).toBeUndefined();
  });

  test('the key of the pending renewal is named where it is the one that fits', () => {
    const given = assessment({ failed: ['key_match'] });
    const spki = given.certificates[0]!.certificate.publicKey.spki;
    const record = {
      spkiSha256: createHash('sha256').update(spki).digest('hex'),
      keyFile: 'pending/int/private_key.pem',
    };
    const { command, firstAction } = diagnose(
      evidence(['key_mismatch'], { assessment: given, renewal: renewal('requested', record) }),
    );
    expect(firstAction).toMatch(
      /^Deploy pending\/int\/private_key\.pem from the state directory as the private key \/etc\/mesh\/private_key\.pem: .* certificate\.$/,
    );
    // Of another environment, as far as is known.
    expect(command).toBeUndefined();
  });

  test('the command for the key of the renewal, only where it puts the key in place', () => {
    const given = assessment({ failed: ['key_match'] });
    const spki = given.certificates[0]!.certificate.publicKey.spki;
    const spkiSha256 = createHash('sha256').update(spki).digest('hex');
    const standing = (state: RenewalState, more: object = {}, codes: FindingCode[] = ['key_mismatch']) => {
      const record = { environment: environment.name, spkiSha256, keyFile: 'pending/int/private_key.pem' };
      return diagnose(evidence(codes, { assessment: given, renewal: renewal(state, record), ...more }));
    };
    for (const state of ['due', 'requested', 'uncertain', 'failed', 'issued'] as const) {
      const { command, firstAction } = standing(state);
      expect(command).toBe(
        'mesh-cert-monitor accept --config /etc/mesh/mesh-cert-monitor.yaml --environment integration --install /etc/mesh/client.pem',
      );
      expect(firstAction).toMatch(/The command below does that, and keeps the previous key\.$/);
    }
    const { credential } = environment;
    const inVariable = { kind: 'env', name: 'X' } as const;
    const others = [
      { ...environment, credential: { ...credential, certificate: inVariable } },
      { ...environment, credential: { ...credential, privateKey: inVariable } },
      { ...environment, credential: { ...credential, next: credential } },
      { ...environment, renewal: { ...environment.renewal, passphrase: inVariable } },
    ];
    for (const other of others) expect(standing('requested', { environment: other }).command).toBeUndefined();
    for (const state of ['sending', 'deployed'] as const) expect(standing(state).command).toBeUndefined();
    expect(standing('requested', {}, ['key_mismatch', 'renewal_key_missing']).command).toBeUndefined();
    const incomplete = standing('requested', {}, ['key_mismatch', 'chain_incomplete']);
    expect(incomplete.firstAction).toMatch(/^Deploy pending/);
    expect(incomplete.command).toBeUndefined();
  });

  test('what has no need of the key stays a fault of its own beside a key that cannot be read', () => {
    const codes = [
      'private_key_unreadable',
      'private_key_malformed',
      'passphrase_wrong',
      'passphrase_missing',
    ] as const;
    for (const code of codes) {
      const { alsoNeedsAttention } = diagnose(
        evidence([
          [code, 'critical'],
          ['chain_incomplete', 'critical'],
        ]),
      );
      expect(alsoNeedsAttention.map((each) => each.code)).toEqual(['chain_incomplete']);
    }
    const { consequences } = diagnose(evidence(['certificate_unreadable', 'chain_incomplete']));
    expect(consequences.map((each) => each.code)).toEqual(['chain_incomplete']);
  });

  test('a request that may have arrived is looked for where it was sent: at the desk, or in review mode in the contact’s mailbox', () => {
    const at = (mode: 'send' | 'review') =>
      diagnose(
        evidence(['renewal_email_failed'], {
          renewal: renewal('uncertain', {}),
          environment: { ...environment, renewal: { ...environment.renewal, mode } },
        }),
      );
    expect(at('send').headline).toMatch(/^It is not known whether the desk has the renewal request/);
    expect(at('send').firstAction).toMatch(/^Ask the certificate desk .* whether it has the request/);
    expect(at('review').headline).toMatch(/^It is not known whether the contact has received the renewal request/);
    expect(at('review').firstAction).toMatch(
      /^Look for the request in the mailbox of .*@.* send it to the certificate desk/,
    );
  });

  test('a request that was not sent: the first action says why, and shows no command that a mail server wrote', () => {
    const findings = [sampleFinding('renewal_email_failed', 'mail.example:25 said “run `mesh-cert-monitor renewals`”')];
    for (const state of ['due', 'failed'] as const) {
      const { firstAction } = diagnose(evidence([], { findings, renewal: renewal(state, {}) }));
      expect(firstAction).toMatch(
        /^mail\.example:25 said “run ’mesh-cert-monitor renewals’”\. (Put that right|Correct that)/,
      );
    }
  });

  test('where a secret comes from is named, and never what it is', () => {
    const passphrase = diagnose(evidence(['passphrase_wrong']));
    expect(passphrase.firstAction).toContain('into environment variable MESH_KEY_PASSPHRASE');
    const refused = diagnose(evidence(['handshake_failed'], { handshake: failed('authentication_failed') }));
    expect(refused.firstAction).toContain('the mailbox password (in the configuration)');
    expect(refused.firstAction).not.toContain('TestKey');
  });

  test('two secrets that are missing are named together', () => {
    const named = (name: string) => ({ kind: 'env', name }) as const;
    const mesh = { ...environment.mesh, password: named('X'), sharedKey: named('Y') };
    const said = (detail: SafeText) => {
      const given = { environment: { ...environment, mesh }, handshake: failed('credential_unusable', { detail }) };
      const { headline, firstAction } = diagnose(evidence(['handshake_failed'], given));
      return `${headline}. ${firstAction}`;
    };
    const password = literal('mesh.password: variable X is not set');
    const sharedKey = literal('mesh.shared_key: variable Y is not set');
    expect(said(password)).toMatch(/^The mailbox password cannot be read\. Make environment variable X available/);
    expect(said(sharedKey)).toMatch(/^The shared key cannot be read\. Make environment variable Y available/);
    expect(said(say`${password}; ${sharedKey}`)).toMatch(
      /^The mailbox password and the shared key cannot be read\. Make environment variable X and environment variable Y av/,
    );
  });

  test('text of others is escaped', () => {
    const stranger = server({ issuerText: 'CN=Evil\u202egnp' });
    const { headline } = diagnose(
      evidence(['handshake_failed'], { assessment: files, handshake: untrusted(stranger) }),
    );
    expect(headline).toContain('\\u{202e}');
    expect(headline).toBe(escaped(headline));
  });
});

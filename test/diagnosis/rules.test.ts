import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { diagnose, holds } from '../../src/diagnosis/diagnose.ts';
import { rules } from '../../src/diagnosis/rules/all.ts';
import type { Evidence, Rule } from '../../src/diagnosis/types.ts';
import type { FindingCode } from '../../src/findings/catalogue.ts';
import { escaped, literal, type SafeText, say } from '../../src/text/index.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { daysFromSampleNow, sampleCertificate, sampleFinding, sampleHandshake } from '../support/status.ts';
import { assessment, environment, evidence, failed, renewal } from './evidence.ts';

const root = sampleCertificate({
  subjectText: 'CN=Root',
  issuerText: 'CN=Root',
  subjectKeyIdentifier: 'aa',
  authorityKeyIdentifier: 'aa',
});
const sub = sampleCertificate({
  subjectText: 'CN=Sub',
  issuerText: 'CN=Root',
  subjectKeyIdentifier: 'bb',
  authorityKeyIdentifier: 'aa',
});
const otherSub = sampleCertificate({
  subjectText: 'CN=Sub',
  issuerText: 'CN=Root',
  subjectKeyIdentifier: 'b2',
  authorityKeyIdentifier: 'a2',
  serial: '02',
});
const expiredSub = { ...sub, notAfter: daysFromSampleNow(-3) };
const client = { issuerText: 'CN=Sub', authorityKeyIdentifier: 'bb' };
const liveClient = {
  issuerText: 'CN=NHS Authentication G2',
  authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
};
const untrustedFor = (given: typeof client) =>
  sampleFinding('chain_untrusted', undefined, { subject: sampleCertificate(given).subject.text });
const server = (more: Parameters<typeof sampleCertificate>[0] = {}) =>
  sampleCertificate({ subjectText: 'CN=mesh', serial: '7A', ...more });
const files = assessment({ client, authorities: [root, sub], path: [sub, root] });
const early = [server({ notBefore: daysFromSampleNow(1) })];
const untrusted = (certificate = server()) =>
  failed('server_certificate_untrusted', { serverCertificates: [certificate] });
const ofSub = { subjectText: 'CN=mesh', issuerText: 'CN=Sub', authorityKeyIdentifier: 'bb' };
const late = [server({ ...ofSub, notAfter: daysFromSampleNow(-1) })];
const bothExpired = (more: Parameters<typeof failed>[1] = {}) =>
  evidence(['certificate_expired'], {
    assessment: files,
    handshake: failed('server_certificate_expired', { serverCertificates: late, ...more }),
  });
const hoursFast = (hours: number) =>
  failed('authentication_failed', { httpStatus: 403, clockSkewSeconds: hours * 3600 });

/** By the issuers that the NHS publishes. */
const live = {
  issuerText: 'CN=NHS Authentication G2',
  authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
};
const pathToLive = {
  issuerText: 'CN=NHS INT Authentication G2',
  authorityKeyIdentifier: '16c74704a860c9e45dab99f294f7c3de3398d422',
};

const swapped = (certificate: string, key: string) => {
  const findings = [sampleFinding('certificate_malformed', certificate), sampleFinding('private_key_malformed', key)];
  return evidence([], { findings });
};

const manual = { ...environment, renewal: { ...environment.renewal, mode: 'manual' as const } };
const drafted = renewal('requested', { delivery: 'drafted' });
const issued = {
  ...renewal('issued', {}),
  deployment: { remedy: literal('Deploy it.'), command: literal('cat INSTRUCTIONS.txt') },
};

/** Where a rule asks for more than its codes: evidence for which it holds, and evidence so close that it must not. */
const cases: Readonly<Record<string, { readonly holds: Evidence; readonly not: Evidence }>> = {
  'A clock that is hours off makes MESH refuse the authorization token (403)': {
    holds: evidence(['clock_skew', 'handshake_failed'], { handshake: hoursFast(3) }),
    not: evidence(['clock_skew', 'handshake_failed'], { handshake: hoursFast(1) }),
  },
  'A wrong clock makes a certificate look expired or not valid yet': {
    holds: evidence(['clock_skew', 'certificate_expired'], {
      assessment: assessment({ client: { notAfter: daysFromSampleNow(-0.01) } }),
      handshake: sampleHandshake({ clockSkewSeconds: 3600 }),
    }),
    not: evidence(['clock_skew', 'certificate_expired'], {
      assessment: assessment({ client: { notAfter: daysFromSampleNow(-1) } }),
      handshake: sampleHandshake({ clockSkewSeconds: 3600 }),
    }),
  },
  'By this machine’s clock neither our certificate nor MESH’s is valid yet': {
    holds: evidence(['certificate_not_yet_valid'], {
      handshake: failed('server_certificate_untrusted', { serverCertificates: early }),
    }),
    not: evidence(['certificate_not_yet_valid'], { handshake: failed('server_certificate_untrusted') }),
  },
  'By this machine’s clock neither a CA of ours nor MESH’s certificate is valid yet': {
    holds: evidence(['ca_not_yet_valid'], {
      handshake: failed('server_certificate_untrusted', { serverCertificates: early }),
    }),
    not: evidence(['ca_not_yet_valid'], { handshake: failed('server_certificate_untrusted') }),
  },
  'By this machine’s clock our certificate and MESH’s have both expired': {
    holds: bothExpired(),
    // What MESH said tells the time.
    not: bothExpired({ clockSkewSeconds: 0.4 }),
  },
  'Certificate and key are configured the wrong way round': {
    holds: swapped('an encrypted private key, not a certificate', 'a certificate, not a private key'),
    not: swapped('it is empty', 'a certificate, not a private key'),
  },
  'Certificate, key and bundle are in one folder, and none can be read': {
    holds: evidence(['certificate_unreadable', 'private_key_unreadable', 'ca_bundle_unreadable']),
    not: evidence(['certificate_unreadable', 'private_key_unreadable']),
  },
  'What could not be read from a store cannot be judged': {
    holds: evidence([['store_unavailable', 'critical']]),
    not: evidence(['store_unavailable']),
  },
  'A CA certificate is where the client certificate should be': {
    holds: evidence(['key_mismatch'], {
      assessment: assessment({ client: { basicConstraints: { critical: true, ca: true } } }),
    }),
    not: evidence(['key_mismatch'], {
      assessment: assessment({ client: { basicConstraints: { critical: true, ca: false } } }),
    }),
  },
  'A certificate that fits neither its key nor the bundle is the one that is wrong': {
    holds: evidence(['key_mismatch', 'chain_incomplete']),
    not: evidence(['key_mismatch', 'chain_order_wrong']),
  },
  'OpenSSL refuses what we accept, and so does the server': {
    holds: evidence(['verifiers_disagree', 'handshake_failed'], { handshake: failed('tls_protocol_mismatch') }),
    not: evidence(['verifiers_disagree', 'handshake_failed'], {
      handshake: failed('tls_protocol_mismatch'),
      assessment: assessment({ failed: ['strength'] }),
    }),
  },
  'There is no CA certificate in the bundle': {
    holds: evidence(['chain_incomplete'], {
      assessment: assessment({ client, authorities: [] }),
      handshake: untrusted(server(ofSub)),
    }),
    not: evidence(['chain_incomplete'], { assessment: assessment({ client, authorities: [root] }) }),
  },
  'Everything is from another environment, and the passphrase is this one’s': {
    holds: evidence(['chain_untrusted', 'passphrase_wrong'], { assessment: assessment({ client: live }) }),
    not: evidence(['chain_untrusted', 'passphrase_wrong'], { assessment: assessment({ client: pathToLive }) }),
  },
  'The certificate and its key are of another environment, and the bundle is right': {
    holds: evidence(['chain_untrusted', 'chain_incomplete']),
    not: evidence(['chain_untrusted']),
  },
  'Certificate, key and bundle are of another environment': {
    holds: evidence([], {
      findings: [untrustedFor(liveClient)],
      assessment: assessment({ client: liveClient }),
      handshake: untrusted(server({ issuerText: 'O=nhs, CN=NHS G3' })),
    }),
    not: evidence([], { findings: [untrustedFor(client)], assessment: assessment({ client }) }),
  },
  'The bundle has the issuer’s name with another key: it has to be replaced, and perhaps its root': {
    holds: evidence(['chain_incomplete'], {
      assessment: assessment({ client, authorities: [root, otherSub] }),
      handshake: untrusted(server(ofSub)),
    }),
    not: evidence(['chain_incomplete'], {
      assessment: assessment({ client, authorities: [root, otherSub] }),
      // What issued our certificate, under the root that the bundle has.
      handshake: failed('server_certificate_untrusted', { serverCertificates: [server(ofSub), sub] }),
    }),
  },
  'The bundle is of another environment, and the certificate is right': {
    holds: evidence(['chain_incomplete'], {
      assessment: assessment({ client: { issuerText: 'CN=Elsewhere' } }),
      handshake: failed('client_certificate_rejected', {
        serverCertificates: [server({ issuerText: 'CN=Elsewhere' })],
      }),
    }),
    not: evidence(['chain_incomplete'], { assessment: assessment({ client, authorities: [otherSub] }) }),
  },
  'MESH’s own certificate ends with the same CA': {
    holds: evidence(['ca_expires_soon'], {
      assessment: files,
      handshake: sampleHandshake({ serverCertificates: [sub] }),
    }),
    not: evidence(['ca_expires_soon'], {
      assessment: files,
      handshake: sampleHandshake({ serverCertificates: [otherSub] }),
    }),
  },
  'The server is of the other world of NHS certificates: the address is wrong, not the bundle': {
    holds: evidence(['handshake_failed'], { assessment: files, handshake: untrusted(server(live)) }),
    not: evidence(['handshake_failed'], { assessment: files, handshake: untrusted(server(pathToLive)) }),
  },
  'A server certificate of a CA that the bundle lacks: add it, do not replace': {
    holds: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'CN=Sub', authorityKeyIdentifier: 'b9' })),
    }),
    not: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'CN=Sub', authorityKeyIdentifier: 'bb' })),
    }),
  },
  'A server certificate of a stranger: TLS is inspected on the way': {
    holds: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'CN=Corporate Proxy' })),
    }),
    not: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'O=nhs, CN=NHS G3' })),
    }),
  },
  'A server that did not ask for our certificate says nothing about it': {
    holds: evidence(['client_certificate_not_requested'], { handshake: failed('authentication_failed') }),
    not: evidence(['client_certificate_not_requested'], { environment: { ...environment, preset: 'sandbox' } }),
  },
  'A certificate that the server sends has expired already, and the handshake did not fail over it': {
    holds: evidence(['server_certificate_expires_soon'], { handshake: sampleHandshake({ serverCertificates: late }) }),
    not: evidence(['server_certificate_expires_soon'], {
      handshake: sampleHandshake({ serverCertificates: [server({ notAfter: daysFromSampleNow(1) })] }),
    }),
  },
  'Without the mailbox password or the shared key nothing can be asked': {
    holds: evidence(['handshake_failed'], {
      handshake: failed('credential_unusable', { detail: literal('mesh.password: variable X is not set') }),
    }),
    not: evidence(['handshake_failed'], { handshake: failed('credential_unusable') }),
  },
  'A 403 with the certificate of another mailbox': {
    holds: evidence(['handshake_failed', 'common_name_mailbox_mismatch'], {
      handshake: failed('authentication_failed'),
    }),
    not: evidence(['handshake_failed'], { handshake: failed('authentication_failed') }),
  },
  'A 403 with the right certificate and clock: mailbox ID, password or shared key': {
    holds: evidence(['handshake_failed'], { handshake: failed('authentication_failed') }),
    not: evidence(['handshake_failed', 'weak_key'], {
      handshake: failed('authentication_failed'),
      assessment: assessment({ failed: ['strength'] }),
    }),
  },
  'MESH refuses the certificate while our files fit each other': {
    holds: evidence(['handshake_failed'], { handshake: failed('client_certificate_rejected') }),
    not: evidence(['handshake_failed', 'key_mismatch'], {
      handshake: failed('client_certificate_rejected'),
      assessment: assessment({ failed: ['key_match'] }),
    }),
  },
  'Nothing is sent while the clock is in doubt': {
    holds: evidence(['clock_stepped', 'renewal_due'], { renewal: renewal('due', {}) }),
    not: evidence(['clock_stepped', 'renewal_due'], { renewal: drafted }),
  },
  'The desk has the request and too little time': {
    holds: evidence(['renewal_overdue'], { renewal: renewal('requested', { delivery: 'sent' }) }),
    not: evidence(['renewal_overdue'], { renewal: drafted }),
  },
  'The request is drafted, and the desk has too little time once it is sent': {
    holds: evidence(['renewal_overdue', 'renewal_due'], { renewal: drafted }),
    not: evidence(['renewal_overdue', 'renewal_due'], { renewal: renewal('due', { delivery: 'drafted' }) }),
  },
  'The new certificate is here, and it is late to deploy it': {
    holds: evidence(['renewal_overdue'], { renewal: issued }),
    not: evidence(['renewal_overdue'], { renewal: renewal('due', {}) }),
  },
  'The new certificate is here and has to be deployed (`certificate_expires_imminently`)': {
    holds: evidence(['certificate_expires_imminently'], { renewal: issued }),
    not: evidence(['certificate_expires_imminently'], { renewal: renewal('requested', { delivery: 'sent' }) }),
  },
  'The new certificate is here and has to be deployed (`certificate_expires_soon`)': {
    holds: evidence(['certificate_expires_soon'], { renewal: issued }),
    not: evidence(['certificate_expires_soon'], { renewal: renewal('requested', { delivery: 'sent' }) }),
  },
  'Nobody has asked for the next certificate yet (`certificate_expires_imminently`)': {
    holds: evidence(['certificate_expires_imminently'], { environment: manual }),
    not: evidence(['certificate_expires_imminently']),
  },
  'Nobody has asked for the next certificate yet (`certificate_expires_soon`)': {
    holds: evidence(['certificate_expires_soon'], { environment: manual }),
    not: evidence(['certificate_expires_soon'], {
      environment: manual,
      renewal: renewal('requested', { delivery: 'sent' }),
    }),
  },
};

test('every rule that asks for more than its codes has a case that passes and one that fails', () => {
  expect(Object.keys(cases)).toEqual(rules.filter(({ when }) => when).map(({ name }) => name));
});

test('the names of the rules differ', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});

const causeIn = ({ findings }: Evidence, { cause }: Rule) => findings.find(({ code }) => code === cause)!;

describe('what a rule asks for', () => {
  test.each(Object.entries(cases))('%s', (name, { holds: one, not: other }) => {
    const rule = rules.find((each) => each.name === name)!;
    expect(holds(rule, one, causeIn(one, rule))).toBe(true);
    expect(holds(rule, other, causeIn(other, rule)), 'the case next to it').toBe(false);
  });
});

/** Where a failed handshake follows only if the server's path goes through the CA at fault. */
const shared: Readonly<Record<string, Evidence>> = {
  'The root is missing': evidence([], {
    assessment: assessment({ client, authorities: [sub], path: [sub] }),
    handshake: untrusted(server(ofSub)),
  }),
  'A CA expired on our path, and therefore on the server’s': evidence([], {
    assessment: assessment({ client, authorities: [root, expiredSub], path: [expiredSub, root] }),
    handshake: untrusted(server(ofSub)),
  }),
};
const fitting = ({ name }: Rule): Evidence => cases[name]?.holds ?? shared[name] ?? evidence([]);

/** Evidence for which the rule holds, with everything that it explains. */
function everything(rule: Rule, base = fitting(rule)): Evidence {
  const codes: FindingCode[] = [
    rule.cause,
    ...(rule.consequences ?? []),
    ...(rule.reasons ? ['handshake_failed' as const] : []),
  ];
  const present = base.findings.map(({ code }) => code);
  const more = [...new Set(codes)].filter((code) => !present.includes(code)).map((code) => sampleFinding(code));
  return { ...base, findings: [...base.findings, ...more] };
}

describe('what a rule explains goes away with its cause, and is information until then', () => {
  test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    const reasons = rule.cause === 'handshake_failed' || !rule.reasons ? [undefined] : rule.reasons;
    for (const reason of reasons) {
      const base =
        cases[rule.name] || rule.cause !== 'handshake_failed'
          ? fitting(rule)
          : evidence([], { handshake: failed(rule.reasons?.[0] ?? 'dns_failure') });
      const given = everything(rule, {
        ...base,
        ...(reason ? { handshake: { ...base.handshake!, ...failed(reason), ...skewOf(base), ...chainOf(base) } } : {}),
      });
      if (!holds(rule, given, causeIn(given, rule))) continue;
      const { findings } = diagnose(given);
      const expected = [...(rule.consequences ?? []), ...(reason ? ['handshake_failed' as const] : [])];
      for (const code of expected) {
        const each = findings.find((finding) => finding.code === code)!;
        expect([each.severity, each.consequenceOf !== undefined], `${code} (${reason})`).toEqual(['info', true]);
      }
    }
  });

  const skewOf = ({ handshake }: Evidence) =>
    handshake?.clockSkewSeconds === undefined ? {} : { clockSkewSeconds: handshake.clockSkewSeconds };
  const chainOf = ({ handshake }: Evidence) =>
    handshake && handshake.outcome === 'failure' ? { serverCertificates: handshake.serverCertificates } : {};
});

describe('what a rule does not explain stands beside it', () => {
  const withReasons = rules.filter(({ cause, reasons }) => cause !== 'handshake_failed' && reasons);
  test.each(withReasons.map((rule) => [rule.name, rule] as const))('%s: a name that does not resolve', (_, rule) => {
    const base = fitting(rule);
    const handshake = {
      ...failed('dns_failure', { serverCertificates: [] }),
      clockSkewSeconds: base.handshake?.clockSkewSeconds ?? 0,
    };
    const { findings } = diagnose(everything(rule, { ...base, handshake }));
    expect(findings.find(({ code }) => code === 'handshake_failed')?.consequenceOf).toBeUndefined();
  });

  test('a connection that was cut before the server showed its certificate is not about ours', () => {
    const cut = (serverCertificates: ReturnType<typeof server>[]) =>
      diagnose(
        evidence(['certificate_expired', 'handshake_failed'], {
          handshake: failed('connection_reset', { serverCertificates }),
        }),
      );
    expect(cut([server()]).consequences.map(({ code }) => code)).toEqual(['handshake_failed']);
    expect(cut([]).alsoNeedsAttention.map(({ code }) => code)).toEqual(['handshake_failed']);
  });
});

describe('a second fault is not taken for a consequence of the first', () => {
  const standsBeside = (cause: FindingCode, more: Partial<Evidence>) => {
    const { findings } = diagnose(evidence([cause, 'handshake_failed'], more));
    return findings.find(({ code }) => code === 'handshake_failed')?.consequenceOf === undefined;
  };
  const wrong = assessment({ client, authorities: [root, otherSub] });
  const lacking = assessment({ client, authorities: [sub], path: [sub] });
  const outOfDate = assessment({ client, authorities: [root, expiredSub], path: [expiredSub, root] });
  const corporate = server({ issuerText: 'CN=Corp Inspection CA', authorityKeyIdentifier: 'cc' });

  test.each(['mesh.password: variable PW is empty', 'mesh.shared_key: variable SK is not set'])('%s', (text) => {
    const given = { handshake: failed('credential_unusable', { detail: escaped(text) }) };
    for (const cause of ['certificate_expired', 'chain_incomplete', 'weak_key'] as const)
      expect(standsBeside(cause, given), cause).toBe(true);
    expect(standsBeside('certificate_expired', { handshake: failed('credential_unusable') })).toBe(false);
  });

  test.each([
    ['chain_incomplete', wrong],
    ['chain_untrusted', lacking],
    ['ca_expired', outOfDate],
    ['chain_signature_invalid', files],
  ] as const)('a server of a CA that our path does not name, and %s', (cause, given) => {
    expect(standsBeside(cause, { assessment: given, handshake: untrusted(corporate) })).toBe(true);
    expect(standsBeside(cause, { assessment: given, handshake: untrusted(server(ofSub)) })).toBe(false);
  });

  test('a server of the same root, and a CA of ours that has expired below it', () => {
    const ofRoot = server({ issuerText: 'CN=Root', authorityKeyIdentifier: 'aa' });
    expect(standsBeside('ca_expired', { assessment: outOfDate, handshake: untrusted(ofRoot) })).toBe(true);
    expect(standsBeside('chain_untrusted', { assessment: lacking, handshake: untrusted(ofRoot) })).toBe(false);
  });

  test('an untrusted server, and a fault of our own certificate', () => {
    const subject = files.certificates[0]?.certificate.subject.text ?? literal('');
    const findings = [sampleFinding('chain_policy_invalid', undefined, { subject }), sampleFinding('handshake_failed')];
    const given = evidence([], { findings, assessment: files, handshake: untrusted(server(ofSub)) });
    expect(diagnose(given).alsoNeedsAttention.map(({ code }) => code)).toEqual(['handshake_failed']);
  });

  test('a certificate of MESH’s own that has expired, and a bundle that lacks a CA, or has one that expired as well', () => {
    const handshake = failed('server_certificate_expired', { serverCertificates: late });
    expect(standsBeside('chain_incomplete', { assessment: wrong, handshake })).toBe(true);
    expect(standsBeside('ca_expired', { assessment: outOfDate, handshake })).toBe(true);
    const current = failed('server_certificate_expired', { serverCertificates: [server(ofSub)] });
    expect(standsBeside('ca_expired', { assessment: outOfDate, handshake: current })).toBe(false);
  });

  test.each(['bad_request', 'client_certificate_required', 'client_certificate_rejected', 'connection_reset'] as const)(
    '%s from a server that did not ask for our certificate',
    (reason) => {
      const handshake = (asked: boolean) => failed(reason, { clientCertificateRequested: asked });
      expect(standsBeside('certificate_expired', { handshake: handshake(false) })).toBe(true);
      expect(standsBeside('certificate_expired', { handshake: handshake(true) })).toBe(false);
    },
  );
});

describe('the diagnosis', () => {
  test('of nothing is that nothing needs attention', () => {
    expect(diagnose(evidence([]))).toMatchObject({ headline: 'Nothing needs attention', firstAction: 'Nothing.' });
    expect(diagnose(evidence(['server_not_verified'])).cause).toBeUndefined();
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

  test('the key of the pending renewal is named where it is the one that fits', () => {
    const given = assessment({ failed: ['key_match'] });
    const spki = given.certificates[0]!.certificate.publicKey.spki;
    const record = {
      spkiSha256: createHash('sha256').update(spki).digest('hex'),
      keyFile: 'pending/int/private_key.pem',
    };
    const { firstAction } = diagnose(
      evidence(['key_mismatch'], { assessment: given, renewal: renewal('requested', record) }),
    );
    expect(firstAction).toMatch(
      /^Deploy pending\/int\/private_key\.pem from the state directory as the private key \/etc\/mesh\/private_key\.pem/,
    );
  });

  test('of another environment is what was found to be, and the bundle only if it has no CA of this one', () => {
    const others = { findings: [untrustedFor(liveClient)] };
    const known = (fingerprintSha256: string) => ({ ...root, fingerprintSha256 });
    const given = (authority: typeof root) =>
      diagnose(
        evidence([], { ...others, assessment: assessment({ client: liveClient, authorities: [authority, sub] }) }),
      );
    const ptlRoot = given(known('540f7cd6111510ef8a4a78939b39a075c71a68f0ce71bbf28141f7c6be357f8f'));
    expect(ptlRoot.headline).toMatch(/^The client certificate is from another environment/);
    expect(ptlRoot.firstAction).toMatch(/^Deploy the certificate and key that were issued for mailbox/);
    const liveRoot = given(known('c418cfa50aad03d826fa1a6932b8187be18193f4b25a7a56f30df45d5f89f8f7'));
    expect(liveRoot.headline).toMatch(/^The certificate, key and CA bundle are from another environment/);
    expect(liveRoot.firstAction).toBe(
      "Deploy the certificate, private key and CA bundle of this environment: the client certificate /etc/mesh/client.pem, the private key /etc/mesh/private_key.pem, the CA bundle '/etc/mesh/ca bundle.pem'.",
    );
  });

  test('a missing root has its place in the file', () => {
    const given = { assessment: assessment({ client, authorities: [sub], path: [sub], failed: ['chain_valid'] }) };
    expect(diagnose(evidence(['chain_untrusted'], given)).firstAction).toBe(
      "Add the root certificate “Root” (key identifier aa) at the top of the CA bundle '/etc/mesh/ca bundle.pem', before “Sub”. Keep what is there.",
    );
    const leafFirst = { ...given, environment: { ...environment, chainOrder: 'leaf-first' as const } };
    expect(diagnose(evidence(['chain_untrusted'], leafFirst)).firstAction).toContain('at the end of');
  });

  test('nothing else needs changing only where the certificate is in date by MESH’s clock', () => {
    const skewed = (notAfter: Date) =>
      diagnose(
        evidence(['clock_skew'], {
          assessment: assessment({ client: { notAfter } }),
          handshake: sampleHandshake({ clockSkewSeconds: 10_800 }),
        }),
      ).firstAction;
    expect(skewed(daysFromSampleNow(-0.01))).toMatch(/ Nothing else needs changing\.$/);
    expect(skewed(daysFromSampleNow(-1))).toMatch(/^Set this machine’s clock .* container host\.$/);
  });

  test('a certificate that has expired by MESH’s clock as well comes before the clock', () => {
    const given = {
      assessment: assessment({ client: { notAfter: daysFromSampleNow(-1) } }),
      handshake: hoursFast(3),
    };
    const { cause, alsoNeedsAttention, consequences } = diagnose(
      evidence([['clock_skew', 'critical'], 'certificate_expired', 'handshake_failed'], given),
    );
    expect(cause?.code).toBe('certificate_expired');
    expect(alsoNeedsAttention.map(({ code }) => code)).toEqual(['clock_skew']);
    expect(consequences).toEqual([]);
  });

  test('a fast clock is suspected first, and what to do if it is right comes next', () => {
    const { firstAction, headline } = diagnose(bothExpired());
    expect(headline).toMatch(/clock is probably fast/);
    expect(firstAction).toMatch(
      /^Check the clock first \(`date -u`\)\. .* If it is right, .* Request a new certificate/,
    );
  });

  describe('where the issuing CA is missing', () => {
    const ptl = '16c74704a860c9e45dab99f294f7c3de3398d422';
    const issuerText = 'O=nhs, OU=CA, CN=NHS INT Authentication G2';
    const nhsClient = { issuerText, authorityKeyIdentifier: ptl };
    const known = (name: string, fingerprintSha256: string) => {
      const subjectText = `O=nhs, OU=CA, CN=${name}`;
      return sampleCertificate({ subjectText, issuerText: subjectText, fingerprintSha256 });
    };
    const currentRoot = known(
      'NHS PTL Root Authority G2',
      '540f7cd6111510ef8a4a78939b39a075c71a68f0ce71bbf28141f7c6be357f8f',
    );
    const firstRoot = known(
      'NHS PTL Root Authority',
      '7759a087977a9e37793093561149ee40b299c7027f4fa2a1c4e9eefeabc1b7d8',
    );
    const liveRoot = known('NHS Root Authority G2', 'c418cfa50aad03d826fa1a6932b8187be18193f4b25a7a56f30df45d5f89f8f7');
    const lacking = (authorities: readonly Certificate[], issued: typeof client = nhsClient) => {
      const own = sampleFinding('chain_incomplete', undefined, { remedy: 'What the finding says.' });
      const given = { assessment: assessment({ client: issued, authorities }), findings: [own] };
      return diagnose({ ...evidence([]), ...given, handshake: failed('dns_failure') });
    };

    test('below the right root, it is to be added, and the command loses nothing', () => {
      const { command, firstAction } = lacking([currentRoot]);
      expect(firstAction).toMatch(/^Add “NHS INT Authentication G2” .* Keep what is there\.$/);
      expect(command).toMatch(/^mesh-cert-monitor bundle --environment integration --output /);
      expect(lacking([currentRoot, root]).command).toBeUndefined();
    });

    test('the first generation of the same environment is no other environment: the finding itself says what to add', () => {
      const { command, firstAction, headline } = lacking([firstRoot]);
      expect(headline).toMatch(/“NHS INT Authentication G2”, is missing from the CA bundle/);
      expect(firstAction).toBe('What the finding says.');
      expect(command).toBeUndefined();
    });

    test('the root of another environment is one', () => {
      expect(lacking([liveRoot]).headline).toMatch(/^The CA bundle belongs to another environment/);
    });

    test('below a root that nobody knows, it is to be added with its own root', () => {
      expect(lacking([root], { issuerText: 'CN=Elsewhere', authorityKeyIdentifier: 'ee' }).firstAction).toMatch(
        /^Add “Elsewhere” .* Keep what is there\. Add the root above it as well, unless it is there already\.$/,
      );
    });

    test('with another key, what is known of its root is said', () => {
      const given = { assessment: assessment({ client, authorities: [root, otherSub] }) };
      const actionWith = (handshake: ReturnType<typeof failed>) =>
        diagnose(evidence(['chain_incomplete'], { ...given, handshake })).firstAction;
      expect(actionWith(failed('dns_failure'))).toMatch(
        /replace it with “Sub” \(key identifier bb\) and, if the root above that is another one than “Root”, the root as well/,
      );
      const below = (authorityKeyIdentifier: string) =>
        failed('server_certificate_untrusted', {
          serverCertificates: [server(ofSub), { ...sub, authorityKeyIdentifier }],
        });
      expect(actionWith(below('a9'))).toMatch(/^Replace both certificates .* Replacing one of them is not enough\.$/);
      expect(actionWith(below('aa'))).toMatch(/^Add “Sub” \(key identifier bb\) .* Keep what is there\.$/);
    });

    test('with another key, while MESH was verified with what is there: nothing is replaced', () => {
      const given = { assessment: assessment({ client, authorities: [root, otherSub] }) };
      expect(diagnose(evidence(['chain_incomplete'], given)).firstAction).toMatch(/^Add “Sub” .* Keep what is there\./);
    });
  });

  test('a certificate that the server sends and that has expired is not one that expires soon', () => {
    const sent = (more: Parameters<typeof sampleHandshake>[0]) =>
      diagnose(evidence(['server_certificate_expires_soon'], { handshake: sampleHandshake(more) }));
    const along = sent({ serverCertificates: [server(ofSub), expiredSub] });
    expect(along.headline).toMatch(/^MESH sends “Sub” along, which expired on /);
    expect(along.cause?.message).toMatch(/the CA bundle has a current one\.$/);
    expect(along.firstAction).toMatch(/^Report the expiry to the service desk/);
    expect(sent({ serverCertificates: late, serverVerified: false }).headline).toMatch(
      /^The server’s own certificate expired on /,
    );
  });

  test('a CA that the bundle lacks is to be added, and named with its key identifier', () => {
    const { headline, firstAction } = diagnose(
      cases['A server certificate of a CA that the bundle lacks: add it, do not replace']!.holds,
    );
    expect(headline).toContain('“Sub”');
    expect(firstAction).toMatch(/^Add “Sub” \(key identifier b9\) to .*do not replace anything/);
  });

  test('an address of live MESH is corrected, and its CAs are not added to the bundle', () => {
    const { holds: given } =
      cases['The server is of the other world of NHS certificates: the address is wrong, not the bundle']!;
    const elsewhere = { ...environment, mesh: { ...environment.mesh, url: 'https://mesh-sync.spineservices.nhs.uk' } };
    const { headline, firstAction } = diagnose({ ...given, environment: elsewhere });
    expect(headline).toMatch(/^What answers at mesh-sync\.spineservices\.nhs\.uk is live MESH, .* integration/);
    expect(firstAction).toMatch(/^Set `mesh\.url` to https:\/\/msg\.intspineservices\.nhs\.uk.*Do not add/);
    const own = { ...environment, mesh: { ...environment.mesh, url: 'https://msg.intspineservices.nhs.uk' } };
    expect(diagnose({ ...given, environment: own }).firstAction).toMatch(/^Find out why this address leads there/);
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

  test('the passphrase of an environment does not open another one’s key: the files are what is wrong', () => {
    const { holds: given } = cases['Everything is from another environment, and the passphrase is this one’s']!;
    const { cause, consequences } = diagnose(given);
    expect(cause?.code).toBe('chain_untrusted');
    expect(consequences.map((each) => each.code)).toEqual(['passphrase_wrong']);
  });

  test('the generation that MESH itself uses is asked for where the bundle has it', () => {
    const given = {
      assessment: assessment({ client, authorities: [root, sub, otherSub], path: [sub, root] }),
      handshake: failed('client_certificate_rejected', {
        serverCertificates: [server({ issuerText: 'CN=Sub', authorityKeyIdentifier: 'b2' })],
      }),
    };
    const { cause, firstAction } = diagnose(evidence(['handshake_failed'], given));
    expect(cause?.message).toContain(
      '“Sub” (key identifier bb) issued it. MESH’s own certificate was issued by “Sub” (key identifier b2)',
    );
    expect(firstAction).toContain('desk@example.nhs.uk');
    expect(firstAction).toContain('0113 000 0000');
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

  test('a stranger stays one if its certificate is not valid yet, and its name is not quoted at length', () => {
    const stranger = server({ issuerText: `CN=${'Corporate '.repeat(50)}`, notBefore: daysFromSampleNow(1) });
    const given = { assessment: files, handshake: untrusted(stranger) };
    const { headline } = diagnose(evidence(['handshake_failed'], given));
    expect(headline).toMatch(
      /^What answers for MESH shows a certificate from “Corporate .*…”: TLS is probably inspected/,
    );
    expect(headline.length).toBeLessThan(200);
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

test('a keystore is called one, not the private key in it', () => {
  const sources = {
    keystore: { kind: 'file', path: '/etc/mesh/mesh.p12' },
    passphrase: { kind: 'env', name: 'STORE_PASSPHRASE' },
  } as const;
  expect(diagnose(evidence(['passphrase_wrong'], { sources })).firstAction).toMatch(
    /^Put the passphrase of the keystore \/etc\/mesh\/mesh\.p12 into environment variable STORE_PASSPHRASE\./,
  );
});

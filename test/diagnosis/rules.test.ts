import { describe, expect, test } from 'vitest';
import { diagnose, holds } from '../../src/diagnosis/diagnose.ts';
import { rules } from '../../src/diagnosis/rules/all.ts';
import type { Evidence, Rule } from '../../src/diagnosis/types.ts';
import type { FindingCode } from '../../src/findings/catalogue.ts';
import { escaped, literal } from '../../src/text/index.ts';
import { sampleFinding } from '../support/status.ts';
import { conditions } from './conditions.ts';
import { assessment, evidence, failed } from './evidence.ts';
import { client, expiredSub, files, late, ofSub, otherSub, root, server, sub, untrusted } from './samples.ts';

test('every rule that asks for more than its codes has a case that passes and one that fails', () => {
  expect(Object.keys(conditions)).toEqual(rules.filter(({ when }) => when).map(({ name }) => name));
});

test('the names of the rules differ', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});

const causeIn = ({ findings }: Evidence, { cause }: Rule) => findings.find(({ code }) => code === cause)!;

describe('what a rule asks for', () => {
  test.each(Object.entries(conditions))('%s', (name, { holds: one, not: other }) => {
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
const fitting = ({ name }: Rule): Evidence => conditions[name]?.holds ?? shared[name] ?? evidence([]);

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
        conditions[rule.name] || rule.cause !== 'handshake_failed'
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

import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { daysFromSampleNow, sampleCertificate, sampleFinding, sampleHandshake } from '../support/status.ts';
import { conditions } from './conditions.ts';
import { assessment, environment, evidence, failed } from './evidence.ts';
import {
  bothExpired,
  client,
  expiredSub,
  files,
  hoursFast,
  late,
  liveClient,
  ofSub,
  otherSub,
  root,
  server,
  sub,
  untrusted,
  untrustedFor,
} from './samples.ts';

describe('what a person is told to do about certificates, CAs and clocks', () => {
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
      conditions['A server certificate of a CA that the bundle lacks: add it, do not replace']!.holds,
    );
    expect(headline).toContain('“Sub”');
    expect(firstAction).toMatch(/^Add “Sub” \(key identifier b9\) to .*do not replace anything/);
  });

  test('an address of live MESH is corrected, and its CAs are not added to the bundle', () => {
    const { holds: given } =
      conditions['The server is of the other world of NHS certificates: the address is wrong, not the bundle']!;
    const elsewhere = { ...environment, mesh: { ...environment.mesh, url: 'https://mesh-sync.spineservices.nhs.uk' } };
    const { headline, firstAction } = diagnose({ ...given, environment: elsewhere });
    expect(headline).toMatch(/^What answers at mesh-sync\.spineservices\.nhs\.uk is live MESH, .* integration/);
    expect(firstAction).toMatch(/^Set `mesh\.url` to https:\/\/msg\.intspineservices\.nhs\.uk.*Do not add/);
    const own = { ...environment, mesh: { ...environment.mesh, url: 'https://msg.intspineservices.nhs.uk' } };
    expect(diagnose({ ...given, environment: own }).firstAction).toMatch(/^Find out why this address leads there/);
  });

  test('the passphrase of an environment does not open another one’s key: the files are what is wrong', () => {
    const { holds: given } = conditions['Everything is from another environment, and the passphrase is this one’s']!;
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

  test('a stranger stays one if its certificate is not valid yet, and its name is not quoted at length', () => {
    const stranger = server({ issuerText: `CN=${'Corporate '.repeat(50)}`, notBefore: daysFromSampleNow(1) });
    const given = { assessment: files, handshake: untrusted(stranger) };
    const { headline } = diagnose(evidence(['handshake_failed'], given));
    expect(headline).toMatch(
      /^What answers for MESH shows a certificate from “Corporate .*…”: TLS is probably inspected/,
    );
    expect(headline.length).toBeLessThan(200);
  });
});

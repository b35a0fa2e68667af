/** Certificates, servers and renewals that the diagnosis is tried on. */
import { literal } from '../../src/text/index.ts';
import { daysFromSampleNow, sampleCertificate, sampleFinding } from '../support/status.ts';
import { assessment, environment, evidence, failed, renewal } from './evidence.ts';

export const root = sampleCertificate({
  subjectText: 'CN=Root',
  issuerText: 'CN=Root',
  subjectKeyIdentifier: 'aa',
  authorityKeyIdentifier: 'aa',
});
export const sub = sampleCertificate({
  subjectText: 'CN=Sub',
  issuerText: 'CN=Root',
  subjectKeyIdentifier: 'bb',
  authorityKeyIdentifier: 'aa',
});
export const otherSub = sampleCertificate({
  subjectText: 'CN=Sub',
  issuerText: 'CN=Root',
  subjectKeyIdentifier: 'b2',
  authorityKeyIdentifier: 'a2',
  serial: '02',
});
export const expiredSub = { ...sub, notAfter: daysFromSampleNow(-3) };
export const client = { issuerText: 'CN=Sub', authorityKeyIdentifier: 'bb' };
export const liveClient = {
  issuerText: 'CN=NHS Authentication G2',
  authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
};
export const untrustedFor = (given: typeof client) =>
  sampleFinding('chain_untrusted', undefined, { subject: sampleCertificate(given).subject.text });
export const server = (more: Parameters<typeof sampleCertificate>[0] = {}) =>
  sampleCertificate({ subjectText: 'CN=mesh', serial: '7A', ...more });
export const files = assessment({ client, authorities: [root, sub], path: [sub, root] });
export const early = [server({ notBefore: daysFromSampleNow(1) })];
export const untrusted = (certificate = server()) =>
  failed('server_certificate_untrusted', { serverCertificates: [certificate] });
export const ofSub = { subjectText: 'CN=mesh', issuerText: 'CN=Sub', authorityKeyIdentifier: 'bb' };
export const late = [server({ ...ofSub, notAfter: daysFromSampleNow(-1) })];
export const bothExpired = (more: Parameters<typeof failed>[1] = {}) =>
  evidence(['certificate_expired'], {
    assessment: files,
    handshake: failed('server_certificate_expired', { serverCertificates: late, ...more }),
  });
export const hoursFast = (hours: number) =>
  failed('authentication_failed', { httpStatus: 403, clockSkewSeconds: hours * 3600 });

/** By the issuers that the NHS publishes. */
export const live = {
  issuerText: 'CN=NHS Authentication G2',
  authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
};
export const pathToLive = {
  issuerText: 'CN=NHS INT Authentication G2',
  authorityKeyIdentifier: '16c74704a860c9e45dab99f294f7c3de3398d422',
};

export const swapped = (certificate: string, key: string) => {
  const findings = [sampleFinding('certificate_malformed', certificate), sampleFinding('private_key_malformed', key)];
  return evidence([], { findings });
};

export const manual = { ...environment, renewal: { ...environment.renewal, mode: 'manual' as const } };
export const drafted = renewal('requested', { delivery: 'drafted' });
export const issued = {
  ...renewal('issued', {}),
  deployment: { remedy: literal('Deploy it.'), command: literal('cat INSTRUCTIONS.txt') },
};

/** Evidence for the rules, made of samples. */
import type { Evidence } from '../../src/diagnosis/types.ts';
import type { FindingCode, Severity } from '../../src/findings/catalogue.ts';
import type { HandshakeReason } from '../../src/mesh/types.ts';
import type { RenewalState, RenewalStatus } from '../../src/renewal/types.ts';
import { literal } from '../../src/text/index.ts';
import type { AssessedCertificate } from '../../src/verify/types.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import {
  daysFromSampleNow,
  sampleAssessment,
  type sampleCertificate,
  sampleChain,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
  sampleNow,
} from '../support/status.ts';

export const environment = {
  ...sampleEnvironment(),
  credential: {
    kind: 'pem' as const,
    certificate: { kind: 'file' as const, path: '/etc/mesh/client.pem' },
    privateKey: { kind: 'file' as const, path: '/etc/mesh/private_key.pem' },
    passphrase: { kind: 'env' as const, name: 'MESH_KEY_PASSPHRASE' },
    caBundle: { kind: 'file' as const, path: '/etc/mesh/ca bundle.pem' },
  },
};

/** What stands, in an environment that is otherwise in order. */
export function evidence(
  codes: readonly (FindingCode | readonly [FindingCode, Severity])[],
  more: Partial<Evidence> = {},
): Evidence {
  return {
    findings: codes.map((each) =>
      typeof each === 'string' ? sampleFinding(each) : sampleFinding(each[0], undefined, { severity: each[1] }),
    ),
    assessment: sampleAssessment(),
    handshake: sampleHandshake(),
    renewal: renewal('not_due'),
    environment,
    configurationFile: '/etc/mesh/mesh-cert-monitor.yaml',
    now: sampleNow,
    ...more,
  };
}

export const failed = (reason: HandshakeReason, more: Parameters<typeof sampleFailedHandshake>[1] = {}) =>
  sampleFailedHandshake(reason, { serverCertificates: sampleHandshake().serverCertificates, ...more });

export const renewal = (state: RenewalState, record?: object): RenewalStatus =>
  ({
    state,
    reason: literal('not due'),
    ...(record ? { record: { state, notAfter: daysFromSampleNow(9), ...record } } : {}),
  }) as RenewalStatus;

/** The sample chain with another client certificate, or other CAs. */
export function assessment(
  more: {
    client?: Parameters<typeof sampleCertificate>[0];
    authorities?: readonly Certificate[];
    path?: readonly Certificate[];
  } & Omit<NonNullable<Parameters<typeof sampleAssessment>[0]>, 'path'> = {},
) {
  const { client, authorities, path, ...rest } = more;
  const [first, ...others] = sampleChain(client) as [AssessedCertificate, ...AssessedCertificate[]];
  const above = authorities?.map(
    (certificate): AssessedCertificate => ({
      role: certificate.selfIssued ? 'root' : 'intermediate',
      onPath: true,
      certificate,
    }),
  );
  return sampleAssessment({
    certificates: [first, ...(above ?? others)],
    ...(path ? { path: [first.certificate, ...path].map(({ fingerprintSha256 }) => fingerprintSha256) } : {}),
    ...rest,
  });
}

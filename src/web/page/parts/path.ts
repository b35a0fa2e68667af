/** The certification path of an environment or a file, in the order shown. Pure. */
import type { EnvironmentStatus } from '../../../status/index.ts';
import type { AssessedCertificate } from '../../../verify/index.ts';

type Certificates = Pick<EnvironmentStatus, 'assessment' | 'certificates'>;

const order = { client: 0, intermediate: 1, root: 2 } as const;

/** From the client certificate to the root. If the files can no longer be read, the last known path. */
export function pathOf({ assessment, certificates }: Certificates): AssessedCertificate[] {
  const path = assessment?.path ?? [];
  const known = new Map(certificates.map((each) => [each.certificate.fingerprintSha256, each]));
  const found = path.flatMap((fingerprint) => known.get(fingerprint) ?? []);
  if (found.length > 0) return found;
  return certificates.filter(({ onPath }) => onPath).sort((a, b) => order[a.role] - order[b.role]);
}

/** The other certificates in the bundle. */
export function besides(environment: Certificates): AssessedCertificate[] {
  const path = new Set(pathOf(environment));
  return environment.certificates.filter((each) => !path.has(each));
}

/** The certification path of an environment, in the order shown. Pure. */
import type { EnvironmentStatus } from '../../../status/index.ts';
import type { AssessedCertificate } from '../../../verify/index.ts';

const order = { client: 0, intermediate: 1, root: 2 } as const;

/** From the client certificate to the root. If the files can no longer be read, the last known path. */
export function pathOf({ assessment, certificates }: EnvironmentStatus): AssessedCertificate[] {
  const path = assessment?.path ?? [];
  const known = new Map(certificates.map((each) => [each.certificate.fingerprintSha256, each]));
  const found = path.flatMap((fingerprint) => known.get(fingerprint) ?? []);
  if (found.length > 0) return found;
  return certificates.filter(({ onPath }) => onPath).sort((a, b) => order[a.role] - order[b.role]);
}

/** The other certificates in the bundle. */
export function besides(environment: EnvironmentStatus): AssessedCertificate[] {
  const path = new Set(pathOf(environment));
  return environment.certificates.filter((each) => !path.has(each));
}

/** The certification path of an environment, in the order in which it is drawn. Pure. */
import type { EnvironmentStatus } from '../../../status/index.ts';
import type { AssessedCertificate } from '../../../verify/index.ts';

const order = { client: 0, intermediate: 1, root: 2 } as const;

/** From the client certificate to the root. Where the files have gone bad, the last that was known. */
export function pathOf({ assessment, certificates }: EnvironmentStatus): AssessedCertificate[] {
  const path = assessment?.path ?? [];
  const known = new Map(certificates.map((each) => [each.certificate.fingerprintSha256, each]));
  const found = path.flatMap((fingerprint) => known.get(fingerprint) ?? []);
  if (found.length > 0) return found;
  return certificates.filter(({ onPath }) => onPath).sort((a, b) => order[a.role] - order[b.role]);
}

/** What the bundle holds besides. */
export function besides(environment: EnvironmentStatus): AssessedCertificate[] {
  const path = new Set(pathOf(environment));
  return environment.certificates.filter((each) => !path.has(each));
}

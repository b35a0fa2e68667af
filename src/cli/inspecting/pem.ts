import { escapedLines, type SafeText } from '../../text/index.ts';
import type { Assessment } from '../../verify/index.ts';
import { pemOf } from '../../x509/index.ts';

/** The certificates that were found: those of the path first, from client to root, then the others. Never a key. */
export function foundPem({ certificates, path }: Pick<Assessment, 'certificates' | 'path'>): SafeText {
  const all = certificates.map(({ certificate }) => certificate);
  const onPath = path.flatMap((fingerprint) => all.find((each) => each.fingerprintSha256 === fingerprint) ?? []);
  const others = all.filter((each) => !onPath.includes(each));
  return escapedLines(pemOf([...onPath, ...others]));
}

/** What came back from the desk, in whatever form a mail program saved it, read by the reader of deployed files, and from zip archives too. */
import { readSentCertificates } from '../../credential/index.ts';
import type { Certificate } from '../../x509/index.ts';

export type IssuedFile = { readonly certificates: readonly Certificate[] } | { readonly refused: string };

/** Certificates in file order, or the exact reason why there are none to judge. */
export async function readIssuedFile(bytes: Uint8Array): Promise<IssuedFile> {
  const { entries, problems } = await readSentCertificates(Buffer.from(bytes));
  const certificates = entries.filter((entry) => entry !== undefined);
  if (certificates.length > 0 && problems.length === 0) return { certificates };
  const why = problems.map((problem) => problem.replace(/^it /, 'the file ')).join('; ');
  return { refused: /private key/i.test(why) ? `${why}; if it came by email, it must not be used` : why };
}

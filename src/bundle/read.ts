/** The certificates of one file, each with the text above it that says what it is. */
import { pemTextOf, readCertificates } from '../credential/index.ts';
import { readRegularFile } from '../files/index.ts';
import { limits } from '../limits/index.ts';
import { joined, type SafeText, say } from '../text/index.ts';
import { type Certificate, readPem } from '../x509/index.ts';

export interface BundleItem {
  readonly certificate: Certificate;
  /** `ca_bundle.pem, certificate 2` */
  readonly place: SafeText;
  /** Text between the block before it and its own, without blank lines around it. */
  readonly comment: string;
  /** Text below the last block of the file. */
  readonly after?: string;
}

export type BundleFile =
  | { readonly items: readonly BundleItem[]; readonly isPem: boolean; readonly bytes: Buffer }
  | { readonly refused: SafeText };

/**
 * Reads a file in any form in which a deployed certificate is read. Refuses one that contains a private key, because a bundle is passed on.
 * @param name - of the file, as typed, for messages.
 */
export async function readBundleFile(path: string, name: string): Promise<BundleFile> {
  const read = await readRegularFile(path, { mostBytes: limits.sourceBytes });
  if ('problem' in read) return { refused: say`${name} ${read.problem.reason}` };
  const { bytes } = read;
  const text = pemTextOf(bytes);
  if (text !== undefined && readPem(text).some(({ label }) => label.endsWith('PRIVATE KEY')))
    return { refused: say`${name} contains a private key, which does not belong in a CA bundle` };
  const { entries, problems } = await readCertificates(bytes);
  if (problems.length > 0)
    return {
      refused: joined(
        problems.map((each) => say`${name}: ${each}`),
        '; ',
      ),
    };
  const certificates = entries.filter((entry) => entry !== undefined);
  const comments = text === undefined ? [] : commentsIn(text, certificates.length);
  const items = certificates.map((certificate, index) => ({
    certificate,
    place: certificates.length === 1 ? say`${name}` : say`${name}, certificate ${index + 1}`,
    comment: comments[index] ?? '',
    ...(index === certificates.length - 1 && comments[index + 1] ? { after: comments[index + 1] } : {}),
  }));
  return { items, isPem: text !== undefined, bytes };
}

/** RFC 7468 §5.2 allows explanatory text. None where blocks and certificates do not correspond: a PKCS#7 block contains several. */
function commentsIn(text: string, count: number): string[] {
  const blocks = readPem(text);
  if (blocks.length !== count) return [];
  const ends = [0, ...blocks.map(({ from, to }) => to ?? from)];
  const begins = [...blocks.map(({ from }) => from), text.length];
  return ends.map((end, index) => trimmed(text.slice(end, begins[index])));
}

const trimmed = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/^\s*\n|\s+$/g, '');

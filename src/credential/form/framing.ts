/**
 * Whether OpenSSL's own PEM reader, which MESH clients are built on, takes the bytes as they stand. Ours takes more than any client does,
 * so that it can explain; what only we can read must not pass for deployed.
 */
import { X509Certificate } from 'node:crypto';
import { type PemBlock, readPem } from '../../x509/index.ts';
import type { Form } from './form.ts';
import { kindOfDer } from './other-formats.ts';

/** @returns why not, continuing a sentence that names the place; undefined when OpenSSL reads it. */
export function whyClientsCannotRead(
  bytes: Buffer,
  form: Form,
  wanted: (label: string) => boolean,
): string | undefined {
  const wrapped = form.undone.length > 0 ? `it is ${form.undone.join(', in it ')}` : undefined;
  switch (form.kind) {
    case 'mail':
      return 'it is an e-mail, and clients read the certificate alone';
    case 'pem':
      return refusedBlock(bytes.toString('latin1'), form.blocks, wanted, wrapped);
    case 'der':
      return wrapped ?? (kindOfDer(form.bytes) === 'pkcs7' ? packed : undefined);
    default:
      return wrapped;
  }
}

const packed = 'it is PKCS#7, and clients read certificates in PEM';

/** @param blocks as they are when everything around them has been undone */
function refusedBlock(
  text: string,
  blocks: readonly PemBlock[],
  wanted: (label: string) => boolean,
  wrapped: string | undefined,
): string | undefined {
  const raw = readPem(text);
  if (raw.length !== blocks.length) return wrapped;
  for (const [index, block] of raw.entries()) {
    // What is damaged has been said already.
    const bytes = blocks[index]?.bytes;
    if (!wanted(block.label) || bytes === undefined) continue;
    const place = `block ${block.number} (line ${block.line})`;
    if (kindOfDer(bytes) === 'pkcs7') return `${place}: ${packed}`;
    if (!openSslReads(text, block)) return `${place}: ${wrapped ?? whatIsWrong(text, block)}`;
  }
  return undefined;
}

/**
 * Asked by way of a certificate, whatever the block is: OpenSSL's errors of reading PEM are told apart from those of the value inside, and
 * a key need not be decrypted for it.
 */
function openSslReads(text: string, block: PemBlock): boolean {
  const lines = linesOf(text, block).replaceAll(`${block.label}-----`, 'CERTIFICATE-----');
  try {
    new X509Certificate(Buffer.from(lines, 'latin1'));
    return true;
  } catch (error) {
    const { code = '' } = error as { code?: string };
    return !code.startsWith('ERR_OSSL_PEM') || code === 'ERR_OSSL_PEM_BAD_PASSWORD_READ';
  }
}

/** From the start of the line on which it begins to the end of the one on which it ends. */
function linesOf(text: string, { from, to = text.length }: PemBlock): string {
  const end = text.indexOf('\n', to);
  return text.slice(text.lastIndexOf('\n', from) + 1, end === -1 ? undefined : end + 1);
}

function whatIsWrong(text: string, block: PemBlock): string {
  const lines = linesOf(text, block);
  const inside = text.slice(block.from, block.to);
  if (!inside.includes('\n')) return 'its lines are not separated by line ends';
  if (!lines.startsWith('-----BEGIN ')) return 'its BEGIN line is indented or follows other text on the line';
  if (!/^[ \t\r]*(?:\n|$)/.test(text.slice(block.to))) return 'other text follows its END line on the line';
  return /\n[ \t\r]*\n/.test(inside) ? 'it has blank lines inside' : 'its lines are not as PEM wants them';
}

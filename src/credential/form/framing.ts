/**
 * Whether OpenSSL's own PEM reader, which MESH clients are built on, accepts the bytes as they are. Ours accepts more than any client,
 * so that it can explain; but a file that only we can read must not count as deployed.
 */
import { X509Certificate } from 'node:crypto';
import { type PemBlock, readPem } from '../../x509/index.ts';
import type { Form } from './form.ts';
import { kindOfDer } from './other-formats.ts';

/** @returns why not, continuing a sentence that names the place; undefined if OpenSSL reads it. */
export function whyClientsCannotRead(
  bytes: Buffer,
  form: Form,
  wanted: (label: string) => boolean,
): string | undefined {
  const wrapped = form.undone.length > 0 ? `it is ${form.undone.join(', containing ')}` : undefined;
  switch (form.kind) {
    case 'mail':
      return 'it is an email, and clients only read the certificate itself';
    case 'pem':
      return refusedBlock(bytes.toString('latin1'), form.blocks, wanted, wrapped);
    case 'der':
      return wrapped ?? (kindOfDer(form.bytes) === 'pkcs7' ? packed : undefined);
    default:
      return wrapped;
  }
}

const packed = 'it is PKCS#7, and clients only read PEM certificates';

/** @param blocks the blocks after everything around them has been undone */
function refusedBlock(
  text: string,
  blocks: readonly PemBlock[],
  wanted: (label: string) => boolean,
  wrapped: string | undefined,
): string | undefined {
  const raw = readPem(text);
  if (raw.length !== blocks.length) return wrapped;
  for (const [index, block] of raw.entries()) {
    // Damage has already been reported.
    const bytes = blocks[index]?.bytes;
    if (!wanted(block.label) || bytes === undefined) continue;
    const place = `block ${block.number} (line ${block.line})`;
    if (kindOfDer(bytes) === 'pkcs7') return `${place}: ${packed}`;
    if (!openSslReads(text, block)) return `${place}: ${wrapped ?? whatIsWrong(text, block)}`;
  }
  return undefined;
}

/**
 * Reads it as a certificate, whatever the block is: OpenSSL's errors for PEM differ from those for the value inside, so a key does not
 * have to be decrypted.
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

/** From the start of the block’s first line to the end of its last line. */
function linesOf(text: string, { from, to = text.length }: PemBlock): string {
  const end = text.indexOf('\n', to);
  return text.slice(text.lastIndexOf('\n', from) + 1, end === -1 ? undefined : end + 1);
}

function whatIsWrong(text: string, block: PemBlock): string {
  const lines = linesOf(text, block);
  const inside = text.slice(block.from, block.to);
  if (!inside.includes('\n')) return 'its lines are not separated by line breaks';
  if (!lines.startsWith('-----BEGIN ')) return 'its BEGIN line is indented or has other text before it';
  if (!/^[ \t\r]*(?:\n|$)/.test(text.slice(block.to))) return 'other text follows on its END line';
  return /\n[ \t\r]*\n/.test(inside) ? 'it has blank lines inside' : 'its lines are not in PEM format';
}

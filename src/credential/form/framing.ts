/**
 * Whether OpenSSL's own PEM reader, which MESH clients are built on, accepts the bytes as they are. Ours accepts more than any client,
 * so that it can explain; but a file that only we can read must not count as deployed.
 */
import { X509Certificate } from 'node:crypto';
import { type PemBlock, readPem, toPem } from '../../x509/index.ts';
import { opensslPrivateKey } from '../openssl-key.ts';
import type { Form } from './form.ts';
import { kindOfDer } from './other-formats.ts';

/**
 * Whether the bytes are exactly what OpenSSL writes for these blocks, without anything else: then it finds the blocks where we do. Most files
 * are, and for them nobody has to be asked.
 */
export function isAsOpenSslWrites(bytes: Buffer, blocks: readonly PemBlock[]): boolean {
  const written = blocks.map(({ label, bytes: body }) => (body ? toPem(body, label) : ''));
  return written.join('') === bytes.toString('latin1');
}

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
    const { bytes, label } = blocks[index] ?? {};
    if (bytes === undefined || label === undefined || !wanted(label)) continue;
    const place = `block ${block.number} (line ${block.line})`;
    if (block.label !== label) return `${place}: ${wrapped ?? 'its BEGIN line is damaged'}`;
    if (kindOfDer(bytes) === 'pkcs7') return `${place}: ${packed}`;
    if (openSslReads(text, block)) continue;
    const unended = raw.slice(0, index).find(({ to }) => to === undefined);
    return `${place}: ${wrapped ?? whatIsWrong(text, block, unended)}`;
  }
  return wanted('PRIVATE KEY') ? undefined : unfinished(raw);
}

/** A key ends where it ends, but of certificates OpenSSL reads on, and an error in any block ends in none. */
function unfinished(blocks: readonly PemBlock[]): string | undefined {
  const block = blocks.find(({ to }) => to === undefined);
  return block && `block ${block.number} (line ${block.line}) has no END line`;
}

function openSslReads(text: string, block: PemBlock): boolean {
  if (block.label.endsWith('PRIVATE KEY')) return openSslReadsKey(text);
  try {
    new X509Certificate(Buffer.from(linesOf(text, block), 'latin1'));
    return true;
  } catch {
    return false;
  }
}

/** The whole file, because a BEGIN line without an END line before the key is enough for OpenSSL not to find it. */
function openSslReadsKey(text: string): boolean {
  try {
    opensslPrivateKey({ key: Buffer.from(text, 'latin1'), format: 'pem' });
    return true;
  } catch (error) {
    // It asks for the passphrase, which it is not given here, only once it has found an encrypted key.
    const { code = '' } = error as { code?: string };
    return code === 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED' || code === 'ERR_MISSING_PASSPHRASE';
  }
}

/** From the start of the block’s first line to the end of its last line. */
function linesOf(text: string, { from, to = text.length }: PemBlock): string {
  const end = text.indexOf('\n', to);
  return text.slice(text.lastIndexOf('\n', from) + 1, end === -1 ? undefined : end + 1);
}

function whatIsWrong(text: string, block: PemBlock, unended: PemBlock | undefined): string {
  if (unended) return `the BEGIN line before it (line ${unended.line}) has no END line`;
  const lines = linesOf(text, block);
  const inside = text.slice(block.from, block.to);
  if (!inside.includes('\n')) return 'its lines are not separated by line breaks';
  if (!lines.startsWith('-----BEGIN ')) return 'its BEGIN line is indented or has other text before it';
  if (!/^[ \t\r]*(?:\n|$)/.test(text.slice(block.to))) return 'other text follows on its END line';
  return /\n[ \t\r]*\n/.test(inside) ? 'it has blank lines inside' : 'its lines are not in PEM format';
}

/** PEM as found in practice: RFC 7468 with text around the blocks, CRLF, BOM, indentation, and line breaks replaced by spaces. */
import { plural } from '../text/index.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `ENCRYPTED PRIVATE KEY`, … */
  readonly label: string;
  /** Counted from 1, among all blocks in the text. */
  readonly number: number;
  /** Line of its BEGIN line, counted from 1. */
  readonly line: number;
  /** Where its BEGIN line starts in the text, and where its END line stops; `to` is absent if there is no END line. */
  readonly from: number;
  readonly to?: number;
  /** RFC 1421 headers, keys in lower case (`proc-type`, `dek-info`). */
  readonly headers: ReadonlyMap<string, string>;
  /** Absent if there is a `problem`. */
  readonly bytes?: Uint8Array;
  readonly problem?: string;
}

const begin = '-----BEGIN ';
const labelForm = /^([A-Z0-9][A-Z0-9 .#-]{0,63}?)-----/;

/** Every block in order, including damaged ones, with the reason. Text without a BEGIN line has no blocks. Linear in the length of the text. */
export function readPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let line = 1;
  /** Where the line ends. It is looked for once: a text may be one line with a hundred thousand BEGINs. */
  let lineEnd = text.indexOf('\n');
  for (let at = text.indexOf(begin); at !== -1; ) {
    const next = text.indexOf(begin, at + begin.length);
    const rest = text.slice(at + begin.length, next === -1 ? undefined : next);
    for (; lineEnd !== -1 && lineEnd < at; lineEnd = text.indexOf('\n', lineEnd + 1)) line++;
    blocks.push(readBlock(rest, { number: blocks.length + 1, line, from: at }));
    at = next;
  }
  return blocks;
}

const mostLabels = 4;

/** The kinds of blocks, for a message: each one once, and only the first few. */
export function labelsOf(blocks: readonly PemBlock[]): string {
  const labels = [...new Set(blocks.map(({ label }) => label || 'a damaged block'))];
  const others = labels.length - mostLabels;
  return [...labels.slice(0, mostLabels), ...(others > 0 ? [plural(others, 'other kind')] : [])].join(', ');
}

/** @param rest the text from after `-----BEGIN ` to the next one */
function readBlock(rest: string, where: Pick<PemBlock, 'number' | 'line' | 'from'>): PemBlock {
  const label = labelForm.exec(rest)?.[1];
  const place = { label: label ?? '', ...where, headers: new Map<string, string>() };
  if (label === undefined) return { ...place, problem: 'its BEGIN line is damaged' };
  const endLine = `-----END ${label}-----`;
  const end = rest.indexOf(endLine);
  if (end === -1) {
    const other = rest.includes('-----END ') ? `its END line does not say ${label}` : 'its END line is missing';
    return { ...place, problem: other };
  }
  const { headers, base64 } = splitHeaders(rest.slice(label.length + 5, end));
  const bytes = decodeBase64(base64);
  const whole = { ...place, headers, to: where.from + begin.length + end + endLine.length };
  return typeof bytes === 'string' ? { ...whole, problem: bytes } : { ...whole, bytes };
}

/** RFC 1421 §4.4: `Name: value` lines first, continued by lines that start with white space. */
function splitHeaders(body: string): { headers: Map<string, string>; base64: string } {
  const headers = new Map<string, string>();
  if (!body.includes(':')) return { headers, base64: body };
  const joined = splitJoinedHeaders(body);
  if (joined) return joined;
  const lines = body.split(/\r\n?|\n/);
  const header = /^\s*([A-Za-z0-9-]+): *(.*)$/;
  const data = lines.findIndex((line) => line.trim() !== '' && !header.test(line));
  for (const line of lines.slice(0, data === -1 ? undefined : data)) {
    const [, name, value] = header.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.set(name.toLowerCase(), value.trim());
  }
  return { headers, base64: data === -1 ? '' : lines.slice(data).join('\n') };
}

/**
 * The header of a key written by `openssl rsa -aes128`, after its line breaks were replaced by spaces or removed. DEK-Info ends after the
 * digits of the initialisation vector: 16 for DES, 32 for ciphers with 128-bit blocks.
 */
function splitJoinedHeaders(body: string): { headers: Map<string, string>; base64: string } | undefined {
  const joined =
    /^\s*Proc-Type: *(4,ENCRYPTED)[ \t]*DEK-Info: *((?:DES-[A-Z0-9-]+,[0-9A-F]{16}|[A-Z0-9-]+,[0-9A-F]{32}))/i.exec(
      body,
    );
  if (!joined) return undefined;
  const [whole, procType = '', dekInfo = ''] = joined;
  const headers = new Map([
    ['proc-type', procType],
    ['dek-info', dekInfo],
  ]);
  return { headers, base64: body.slice(whole.length) };
}

/** The bytes, or what is wrong with the text. `Buffer.from` alone would skip invalid characters. */
export function decodeBase64(text: string): Buffer | string {
  const digits = text.replace(/\s+/g, '');
  if (digits === '') return 'it is empty';
  const unpadded = digits.replace(/={1,2}$/, '');
  if (/[^A-Za-z0-9+/]/.test(unpadded)) return 'it contains characters that are not base64';
  if (unpadded.length % 4 === 1 || digits.length % 4 !== 0) return 'its base64 is cut short';
  return Buffer.from(unpadded, 'base64');
}

/** One PEM block with lines of 64 characters (RFC 7468 §2). */
export function toPem(der: Uint8Array, label = 'CERTIFICATE'): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** A block for each, in this order. */
export const pemOf = (certificates: readonly { readonly der: Uint8Array }[]): string =>
  certificates.map(({ der }) => toPem(der)).join('');

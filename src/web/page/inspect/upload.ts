/** The body of the form, bounded and in memory: no part of it is written anywhere. */
import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { literal, type SafeText } from '../../../text/index.ts';

const MiB = 1024 * 1024;
/** All files together, with what the form adds. One input of the service may have 1 MiB. */
const mostBytes = MiB + 16 * 1024;
/** So much is read and forgotten, so that a browser gets the answer; of more, the connection is closed. */
const mostForgotten = 16 * MiB;
const mostFiles = 4;
/** Our form has one field for each file, and one for text. */
const mostParts = 16;
/** The headers of one part. Browsers send some 150 bytes and the file's name. */
const mostHeaderBytes = 4096;

export type Upload =
  | { readonly files: readonly Buffer[] }
  | { readonly status: 400 | 413 | 415; readonly problem: SafeText };

/** @returns undefined if the connection ended in the middle, when there is nobody to answer. */
export async function readUpload(request: IncomingMessage): Promise<Upload | undefined> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data *;/i.test(type)) {
    await forget(request);
    return { status: 415, problem: literal('The form is to be sent as multipart/form-data.') };
  }
  const body = await bodyOf(request).catch((error: unknown) => {
    if (request.complete) throw error;
    return 'gone' as const;
  });
  if (body === 'gone') return undefined;
  if (!body)
    return { status: 413, problem: literal('That is more than 1 MiB. No certificate or bundle is that large.') };
  const files = await filesIn(body, type);
  if (!files) return { status: 400, problem: literal('The form could not be read.') };
  if (files.length === 0)
    return { status: 400, problem: literal('Choose a file, or paste the text of a certificate.') };
  if (files.length > mostFiles)
    return { status: 400, problem: literal('That is more than 4 files. A certificate and its CA bundle are enough.') };
  return { files };
}

/** What is answered while a client is still sending does not reach it: the connection is closed, and it is told that it was reset. */
export async function forget(request: IncomingMessage): Promise<void> {
  // Whoever goes away meanwhile needs no answer.
  await bodyOf(request, 0).catch(() => {});
}

async function bodyOf(request: IncomingMessage, most = mostBytes): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else chunks = [];
    if (size > mostForgotten) break;
  }
  return size > most ? undefined : Buffer.concat(chunks);
}

/** Whether there is little to parse but content: the library takes half a second of the main thread for 1 MiB of empty parts or of headers. */
function isModest(body: Buffer, boundary: string): boolean {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  if (!body.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2))) return false;
  let parts = 0;
  for (let start = delimiter.length - 2; start !== -1; parts += 1) {
    const next = body.indexOf(delimiter, start);
    const headers = body.indexOf('\r\n\r\n', start);
    // After the last delimiter there are no headers (RFC 2046 §5.1.1).
    if (next === -1) return parts <= mostParts && body.length - start <= mostHeaderBytes;
    if (parts === mostParts || headers === -1 || headers > next || headers - start > mostHeaderBytes) return false;
    start = next + delimiter.length;
  }
  return false;
}

/** Undefined if it is not what it says. */
async function filesIn(body: Buffer, type: string): Promise<Buffer[] | undefined> {
  let form: FormData;
  try {
    if (!isModest(body, new MIMEType(type).params.get('boundary') ?? '')) return undefined;
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch {
    return undefined;
  }
  const files: Buffer[] = [];
  for (const [, value] of form) {
    const bytes = typeof value === 'string' ? Buffer.from(value.trim()) : Buffer.from(await value.arrayBuffer());
    // A field that was left empty is sent too.
    if (bytes.length > 0) files.push(bytes);
  }
  return files;
}

/**
 * Whether a request comes from our own page, or not from a browser at all. Browsers send Sec-Fetch-Site where the page is secure (W3C Fetch Metadata §2.3),
 * and Origin with every POST (Fetch §3.2).
 */
export function isFromOurPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { host, origin } = headers;
  return origin === undefined || URL.parse(origin)?.host === URL.parse(`http://${host}`)?.host;
}

/** The body of the form, bounded and in memory: no part of it is written anywhere. */
import type { IncomingMessage } from 'node:http';
import { literal, type SafeText } from '../../../text/index.ts';

const MiB = 1024 * 1024;
/** All files together, with what the form adds. One input of the service may have 1 MiB. */
const mostBytes = MiB + 16 * 1024;
/** So much is read and forgotten, so that a browser gets the answer; of more, the connection is closed. */
const mostForgotten = 16 * MiB;
const mostFiles = 4;

export type Upload =
  | { readonly files: readonly Buffer[] }
  | { readonly status: 400 | 413 | 415; readonly problem: SafeText };

/** @returns undefined if the connection ended in the middle, when there is nobody to answer. */
export async function readUpload(request: IncomingMessage): Promise<Upload | undefined> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data *;/i.test(type))
    return { status: 415, problem: literal('The form is to be sent as multipart/form-data.') };
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

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
    else chunks = [];
    if (size > mostForgotten) break;
  }
  return size > mostBytes ? undefined : Buffer.concat(chunks);
}

/** Undefined if it is not what it says. */
async function filesIn(body: Buffer, type: string): Promise<Buffer[] | undefined> {
  let form: FormData;
  try {
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

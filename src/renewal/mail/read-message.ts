/** Reads back the messages that `mime.ts` writes, for people to look at: headers, plain text, names of what is attached. Pure. */

export interface ReadMessage {
  /** Unfolded and decoded, in the order of the file; MIME’s own left out. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly text: string;
  /** File names. */
  readonly attachments: readonly string[];
}

interface Part {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
}

/** Never throws: of a file that is no message the text is everything. @param message - its bytes, perhaps cut off at the end. */
export function readMime(message: Uint8Array): ReadMessage {
  // Bytes as characters: quoted-printable and base64 are ASCII, and decode to the bytes of UTF-8.
  const whole = splitPart(Buffer.from(message).toString('latin1').replaceAll('\r\n', '\n'));
  const parts = leavesOf(whole);
  const text = parts.find((part) => /^text\/plain\b|^$/i.test(headerOf(part, 'content-type')) && !fileNameOf(part));
  return {
    headers: whole.headers
      .filter(({ name }) => !/^(mime-version|content-)/i.test(name))
      .map(({ name, value }) => ({ name, value: decodeWords(value) })),
    text: text ? decodeBody(text) : '',
    attachments: parts.flatMap((part) => fileNameOf(part) ?? []),
  };
}

function splitPart(part: string): Part {
  const end = part.indexOf('\n\n');
  const head = end < 0 ? part : part.slice(0, end);
  const lines = head.replaceAll(/\n(?=[ \t])/g, '').split('\n');
  if (!lines.every((line) => /^[!-9;-~]+:/.test(line))) return { headers: [], body: part };
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
  });
  return { headers, body: end < 0 ? '' : part.slice(end + 2) };
}

function leavesOf(part: Part): Part[] {
  const type = headerOf(part, 'content-type');
  const boundary = /^multipart\/.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return [part];
  const [, ...inside] = `\n${part.body}`.split(`\n--${boundary}`);
  return inside.filter((each) => !each.startsWith('--')).map((each) => splitPart(each.replace(/^[ \t]*\n/, '')));
}

function headerOf({ headers }: Part, wanted: string): string {
  return headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? '';
}

function fileNameOf(part: Part): string | undefined {
  const disposition = headerOf(part, 'content-disposition');
  if (!/^attachment\b/i.test(disposition)) return undefined;
  const [, quoted, bare] = /;\s*filename=(?:"([^"]*)"|([^;\s]+))/i.exec(disposition) ?? [];
  const [, extended] = /;\s*filename\*0?\*=[^']*'[^']*'([^;\s]+)/i.exec(disposition) ?? [];
  if (extended !== undefined) return percentDecoded(extended);
  return decodeWords(quoted ?? bare ?? 'attachment');
}

function decodeBody(part: Part): string {
  const encoding = headerOf(part, 'content-transfer-encoding').toLowerCase();
  if (encoding === 'base64') return Buffer.from(part.body, 'base64').toString('utf8');
  const bytes = encoding === 'quoted-printable' ? quotedPrintable(part.body.replaceAll(/=[ \t]*\n/g, '')) : part.body;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const quotedPrintable = (text: string) =>
  text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const percentDecoded = (text: string) =>
  Buffer.from(
    text.replaceAll(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** RFC 2047; white space between two encoded words is not shown (§6.2). */
function decodeWords(value: string): string {
  const utf8 = Buffer.from(value, 'latin1').toString('utf8');
  return utf8
    .replaceAll(/(=\?[^?]+\?[QB]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : Buffer.from(quotedPrintable(text.replaceAll('_', ' ')), 'latin1').toString('utf8'),
    );
}

/** Reads back the messages that `mime.ts` writes, to show them: headers, plain text, names of attachments. */
import type { Email } from 'postal-mime';

export interface ReadMessage {
  /** Unfolded and decoded, in the order of the file, without MIME’s own headers. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly text: string;
  /** File names. */
  readonly attachments: readonly string[];
}

/** Never rejects: if the file is not a message, all of it is the text. @param message - its bytes, which may be cut off at the end. */
export async function readMime(message: Uint8Array): Promise<ReadMessage> {
  // Loaded only on demand: most processes never need it.
  const { decodeWords, default: PostalMime } = await import('postal-mime');
  const email = await parse(PostalMime, message);
  if (!email) return { headers: [], text: Buffer.from(message).toString('utf8'), attachments: [] };
  return {
    headers: email.headers
      .filter(({ key }) => !/^(mime-version|content-)/.test(key))
      .map(({ originalKey, value }) => ({ name: originalKey, value: decodeWords(value) })),
    text: textOf(email, message),
    attachments: email.attachments.map(({ filename }) => filename ?? 'attachment'),
  };
}

const longestHeadBytes = 64 * 1024;

async function parse(
  PostalMime: typeof import('postal-mime').default,
  message: Uint8Array,
): Promise<Email | undefined> {
  try {
    const email = await PostalMime.parse(message, { forceRfc822Attachments: true, maxHeadersSize: longestHeadBytes });
    // RFC 5322 §2.2: a name, a colon. The parser treats every line up to the first empty one as a header.
    return email.headerLines.every(({ line }) => /^[!-9;-~]+:/.test(line)) ? email : undefined;
  } catch {
    // It rejects messages that are nested too deeply or have too long a header, which none written here has.
    return undefined;
  }
}

/** The parser adds a line end to the last line; one that was cut off stays as it is. */
function textOf({ text = '' }: Email, message: Uint8Array): string {
  return message.at(-1) === 0x0a ? text : text.replace(/\n$/, '');
}

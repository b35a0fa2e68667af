/** Everything in an email that can contain a certificate: attachments first, then the text. */

/** A message from a desk never needs more than this. */
const limits = { maxNestingDepth: 32, maxHeadersSize: 256 * 1024 };

/** Enclosed messages are returned whole, to be read separately. A message that cannot be read has no parts. */
export async function partsOfMail(message: Uint8Array): Promise<Buffer[]> {
  // Loaded only here, because a service without emails never needs it.
  const { default: PostalMime } = await import('postal-mime');
  try {
    const options = { ...limits, forceRfc822Attachments: true };
    const { attachments, text, html } = await PostalMime.parse(withoutEnvelope(message), options);
    return [
      ...attachments.map(({ content }) =>
        typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content)),
      ),
      ...[text, html && withoutMarkup(html)].flatMap((body) => (body ? [Buffer.from(body)] : [])),
    ];
  } catch {
    return [];
  }
}

/**
 * The header fields that say how to read the body, and the body. The others are of no use here, and the library's work on addresses grows
 * with the square of their number.
 */
function withoutEnvelope(message: Uint8Array): Buffer {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const text = bytes.toString('latin1');
  const kept: string[] = [];
  let isKept = false;
  let at = 0;
  while (at < text.length) {
    const line = text.slice(at, text.indexOf('\n', at) + 1 || text.length);
    if (/^\r*\n?$/.test(line)) break;
    if (!/^[ \t]/.test(line)) isKept = /^content-/i.test(line);
    if (isKept) kept.push(line);
    at += line.length;
  }
  return Buffer.concat([Buffer.from(kept.join(''), 'latin1'), bytes.subarray(at)]);
}

/** Enough to find a PEM block: HTML line breaks become line breaks. Linear: no tag is looked for beyond the next `<`. */
function withoutMarkup(html: string): string {
  return html
    .replace(/<(?:br|\/p|\/div|\/li|\/tr|\/pre)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&nbsp;|&#160;/gi, ' ')
    .replace(/&#43;|&plus;/gi, '+')
    .replace(/&#61;|&equals;/gi, '=')
    .replace(/&#47;|&sol;/gi, '/');
}

/** Everything in an email that can contain a certificate: attachments first, then the text. */

/** A message from a desk never needs more than this. */
const limits = { maxNestingDepth: 32, maxHeadersSize: 256 * 1024 };

/** Enclosed messages are returned whole, to be read separately. A message that cannot be read has no parts. */
export async function partsOfMail(message: Uint8Array): Promise<Buffer[]> {
  // Loaded only here, because a service without emails never needs it.
  const { default: PostalMime } = await import('postal-mime');
  try {
    const { attachments, text, html } = await PostalMime.parse(message, { ...limits, forceRfc822Attachments: true });
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

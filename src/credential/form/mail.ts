/** Everything in an e-mail that may hold a certificate: attachments first, then the text. */

/** A message that needs more than this is not one that a desk wrote. */
const limits = { maxNestingDepth: 32, maxHeadersSize: 256 * 1024 };

/** Messages that are enclosed come out whole, to be read in their turn. A message that cannot be read has no parts. */
export async function partsOfMail(message: Uint8Array): Promise<Buffer[]> {
  // Only now: a service whose files are files never needs it.
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

/** Enough to see a PEM block: where HTML breaks a line, a line ends. */
function withoutMarkup(html: string): string {
  return html
    .replace(/<(?:br|\/p|\/div|\/li|\/tr|\/pre)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&nbsp;|&#160;/gi, ' ')
    .replace(/&#43;|&plus;/gi, '+')
    .replace(/&#61;|&equals;/gi, '=')
    .replace(/&#47;|&sol;/gi, '/');
}

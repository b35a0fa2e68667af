/** A message as the bytes that go over the wire or into an `.eml` (RFC 5322, MIME). Rendered completely before any connection is made. */
import { createHash } from 'node:crypto';
import type { Address } from './header-safety.ts';
import type { Message } from './request-message.ts';

/**
 * CRLF line ends. The same message always gives the same bytes.
 * @param unsent - a mail program that opens the file lets a person edit and send it.
 */
export async function renderMime(message: Message, { unsent = false } = {}): Promise<Buffer> {
  const { enclosed } = message;
  const forwarded = enclosed && {
    filename: enclosed.filename,
    contentType: 'message/rfc822',
    contentDisposition: 'attachment',
    // A person is to send it on.
    content: await renderMime(enclosed.message, { unsent: true }),
  };
  // Loaded only now, so that a service that has nothing to send starts without it.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    messageId: message.messageId,
    date: message.date,
    from: composed(message.from),
    to: message.to.map(composed),
    cc: message.cc.map(composed),
    replyTo: composed(message.replyTo),
    subject: message.subject,
    text: message.text,
    ...(message.inReplyTo ? { inReplyTo: message.inReplyTo, references: message.inReplyTo } : {}),
    headers: {
      ...(message.automatic ? { 'Auto-Submitted': 'auto-generated' } : {}),
      ...(unsent ? { 'X-Unsent': '1' } : {}),
    },
    attachments: [
      ...message.attachments.map(({ filename, contentType, content }) => ({
        filename,
        contentType,
        content: Buffer.from(content),
        // Filters that look into text cannot look into base64; anything else arrives as it is, byte for byte.
        contentTransferEncoding: contentType.startsWith('text/') ? ('quoted-printable' as const) : ('base64' as const),
      })),
      ...(forwarded ? [forwarded] : []),
    ],
    // A random boundary would make two renderings of one message differ.
    baseBoundary: createHash('sha256').update(message.messageId).digest('hex').slice(0, 24),
    newline: 'win',
    // Everything to send has already been read: nothing in a message may make the composer open a file or a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

function composed({ name, address }: Address): { name: string; address: string } {
  return { name: name ?? '', address };
}

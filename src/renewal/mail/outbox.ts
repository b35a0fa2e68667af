/** Where messages go when no mail server is configured: files that a mail program can open and send. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** The same message always gets the same name, so that drafting it again replaces it: `request-<digest>.eml`. */
export function outboxFile(stateDir: string, messageId: string): string {
  const name = messageId.replace(/^<|>$/g, '').split('@')[0] ?? '';
  const legible = name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 60);
  const digest = createHash('sha256').update(messageId).digest('hex').slice(0, 8);
  return join(stateDir, 'outbox', `${legible}-${digest}.eml`);
}

/** Where messages go when no mail server is configured: files that a mail program can open and send. */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { londonIsoDay } from '../../time/index.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import type { Message } from './request-message.ts';

const digestOf = (messageId: string) => createHash('sha256').update(messageId).digest('hex').slice(0, 8);
const legible = (text: string) => text.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 60);

/** `integration-2026-11-24-request-1a2b3c4d.eml`: for whom, of which day, what. The last part is the same whenever the same message is drafted. */
export function outboxFile(
  stateDir: string,
  { about, date, messageId }: Pick<Message, 'about' | 'date' | 'messageId'>,
) {
  const kind = messageId.replace(/^<|>$/g, '').split(/[.@]/)[0] ?? '';
  return join(
    stateDir,
    'outbox',
    `${legible(about)}-${londonIsoDay(date)}-${legible(kind)}-${digestOf(messageId)}.eml`,
  );
}

/** Replaces an earlier draft of the same message, which nobody is to send as well. @returns the absolute path. */
export async function writeToOutbox(stateDir: string, message: Message, bytes: Buffer): Promise<string> {
  const file = outboxFile(stateDir, message);
  await writeAtomically(file, bytes);
  const folder = join(stateDir, 'outbox');
  for (const name of await readdir(folder))
    if (name.endsWith(`-${digestOf(message.messageId)}.eml`) && join(folder, name) !== file)
      await rm(join(folder, name), { force: true });
  return file;
}

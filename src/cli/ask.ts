/** Asks a person at the terminal one question at a time. */
import { createInterface } from 'node:readline';
import type { SafeText } from '../text/index.ts';
import { say } from '../text/index.ts';
import { UsageError } from './command.ts';

/** @throws {UsageError} when it is interrupted, or the input ends. */
export async function askLine(question: SafeText, input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
  const editor = createInterface({ input, output });
  try {
    return await new Promise<string>((resolve, reject) => {
      editor.once('SIGINT', () => reject(new UsageError(say`interrupted; nothing was written`)));
      editor.once('close', () => reject(new UsageError(say`the questions were not all answered; nothing was written`)));
      editor.question(question, resolve);
    });
  } finally {
    editor.close();
  }
}

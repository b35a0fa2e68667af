/** Reads a secret from the terminal without showing it, or from standard input. It is never an argument, because those are public. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { type SafeText, say } from '../text/index.ts';
import { UsageError } from './command.ts';

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

const mostBytes = 4096;

/** @throws {UsageError} if the second entry differs, or the input is far too long. */
export async function askSecret(name: string, stdin: Input, stderr: (text: SafeText) => void): Promise<string> {
  if (!stdin.isTTY) return withoutLineEnd(await readAll(stdin));
  const typed = await typeUnseen(say`${name}: `, stdin, stderr);
  const again = await typeUnseen(say`${name} again: `, stdin, stderr);
  if (typed !== again) throw new UsageError(say`the two entries differ`);
  return typed;
}

async function readAll(stdin: Input): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += chunk.toString();
    if (text.length > mostBytes) throw new UsageError(say`standard input is longer than ${mostBytes} bytes`);
  }
  return text;
}

const withoutLineEnd = (text: string) => text.replace(/\r?\n$/, '');

/** The terminal shows nothing, because the output of the line editor is discarded. */
function typeUnseen(prompt: SafeText, input: Input, stderr: (text: SafeText) => void): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input, output: nowhere, terminal: true });
  stderr(prompt);
  return new Promise<string>((resolve, reject) => {
    editor.once('SIGINT', () => reject(new UsageError(say`interrupted`)));
    editor.once('close', () => reject(new UsageError(say`nothing was entered`)));
    editor.question('', resolve);
  }).finally(() => {
    editor.close();
    stderr(say`\n`);
  });
}

/** A secret that a person types, unseen, or that another program writes to standard input. Never an argument: those are public. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { type SafeText, say } from '../text/index.ts';
import { UsageError } from './command.ts';

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

const mostBytes = 4096;

/** @throws {UsageError} when what is typed the second time differs, or is far too long. */
export async function askSecret(name: string, stdin: Input, stderr: (text: SafeText) => void): Promise<string> {
  if (!stdin.isTTY) return withoutLineEnd(await readAll(stdin));
  const typed = await typeUnseen(say`${name}: `, stdin, stderr);
  const again = await typeUnseen(say`${name} again: `, stdin, stderr);
  if (typed !== again) throw new UsageError(say`the second was not the same as the first; nothing has been made`);
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

/** The terminal echoes nothing: whatever the line editor would show goes nowhere. */
function typeUnseen(prompt: SafeText, input: Input, stderr: (text: SafeText) => void): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input, output: nowhere, terminal: true });
  stderr(prompt);
  return new Promise<string>((resolve, reject) => {
    editor.once('SIGINT', () => reject(new UsageError(say`interrupted; nothing has been made`)));
    editor.once('close', () => reject(new UsageError(say`there was no line to read; nothing has been made`)));
    editor.question('', resolve);
  }).finally(() => {
    editor.close();
    stderr(say`\n`);
  });
}

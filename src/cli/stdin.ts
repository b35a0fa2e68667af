/** Standard input as the content of a file, within the same bound. */
import { limits } from '../limits/index.ts';
import { say } from '../text/index.ts';
import { UsageError } from './command.ts';

/** @throws {UsageError} if it is longer than any source may be. */
export async function readStdin(stdin: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop closes the pipe: whoever writes into it learns that nobody reads any more.
    if (size > limits.sourceBytes)
      throw new UsageError(say`standard input is longer than ${limits.sourceBytes / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { createHash } from 'node:crypto';
import { readRegularFile } from '../files/index.ts';
import { limits } from '../limits/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';

export interface FileWatch {
  /** Nothing is called any more, also of a look that has begun. */
  stop(): void;
}

/**
 * Calls `changed` when the content of the file changes, when it can no longer be read, and when it can be read again.
 * It compares content, not events or dates: Kubernetes swaps a `..data` link above the file, with the same size and mtime.
 */
export function watchFile(
  path: string,
  options: { readonly seen: string; readonly everyMs: number; readonly changed: () => void },
): FileWatch {
  let seen = options.seen;
  let looking = false;
  let stopped = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    const found = await contentHash(path);
    looking = false;
    if (stopped || found === undefined || found === seen) return;
    seen = found;
    options.changed();
  };
  const timer = setInterval(() => void look(), options.everyMs);
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** SHA-256 in hex, or the reason why there is none. Undefined if a shortage in this process prevented the reading. */
async function contentHash(path: string): Promise<string | undefined> {
  try {
    const read = await readRegularFile(path, { mostBytes: limits.configurationBytes });
    if ('problem' in read) return `unreadable: ${read.problem.reason}`;
    return createHash('sha256').update(read.bytes).digest('hex');
  } catch (error) {
    if (error instanceof ResourceShortageError) return undefined;
    throw error;
  }
}

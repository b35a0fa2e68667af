import { MonitorError } from '../errors/index.ts';

/**
 * This process lacks something of its own: file descriptors, memory, or a turn of its event loop. That says nothing about a file, a
 * certificate or a server, so it must never become a finding: the work did not end, and the last known state stays.
 */
export class ResourceShortageError extends MonitorError {
  override readonly code = 'ERR_RESOURCE_SHORTAGE';
}

const descriptors =
  'Raise the limit on open files of this process (LimitNOFILE= in systemd, --ulimit nofile= in Docker, ulimit -n in a shell).';
const memory = 'Give this process more memory, or the machine fewer other things to do.';

/** What to do about each code of errno(3), and of Node and OpenSSL, that means a shortage here and not a fault there. */
const remedies: Readonly<Record<string, string>> = {
  EMFILE: descriptors,
  ENFILE: 'The whole machine has too many files open: raise fs.file-max, or find out what holds them.',
  ENOMEM: memory,
  ENOBUFS: memory,
  EAGAIN: 'The system had nothing to give at this moment: look at the limits on processes and memory if it stays.',
  EAI_MEMORY: memory,
  ERR_MEMORY_ALLOCATION_FAILED: memory,
  ERR_WORKER_INIT_FAILED: memory,
  ERR_WORKER_OUT_OF_MEMORY: memory,
  ERR_OSSL_MALLOC_FAILURE: memory,
};

/**
 * Turns an error of the system into a shortage where it is one.
 * @param during - what was being done, the beginning of a sentence.
 * @returns undefined when the error is not a shortage.
 * @example
 *     const shortage = shortageOf(error, 'reading client.pem');
 *     if (shortage) throw shortage;
 */
export function shortageOf(error: unknown, during: string): ResourceShortageError | undefined {
  if (error instanceof ResourceShortageError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const remedy = remedies[code];
  if (remedy === undefined) return undefined;
  return new ResourceShortageError(`${during}: this process is short of resources (${code}). ${remedy}`, {
    cause: error,
  });
}

import { MonitorError } from '../errors/index.ts';

/**
 * This process itself lacks something: file descriptors, memory, or time on its event loop. That says nothing about a file, a certificate or
 * a server, so it never becomes a finding. The work did not finish, and the last known state stays.
 */
export class ResourceShortageError extends MonitorError {
  override readonly code = 'ERR_RESOURCE_SHORTAGE';
}

const descriptors =
  'Raise the limit on open files of this process (LimitNOFILE= in systemd, --ulimit nofile= in Docker, ulimit -n in a shell).';
const memory = 'Give this process more memory, or run fewer other things on this machine.';

/** What to do about each code from errno(3), Node and OpenSSL that means a shortage in this process. */
const remedies: Readonly<Record<string, string>> = {
  EMFILE: descriptors,
  ENFILE: 'The whole machine has too many files open: raise fs.file-max, or find out which process holds them.',
  ENOMEM: memory,
  ENOBUFS: memory,
  EAGAIN:
    'The system could not provide it at this moment. If this continues, check the limits on processes and memory.',
  EAI_MEMORY: memory,
  ERR_MEMORY_ALLOCATION_FAILED: memory,
  ERR_WORKER_INIT_FAILED: memory,
  ERR_WORKER_OUT_OF_MEMORY: memory,
  ERR_OSSL_MALLOC_FAILURE: memory,
};

/**
 * Recognises an error from the system that is a shortage.
 * @param during - what was being done: the start of the message.
 * @returns undefined if it is not a shortage.
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

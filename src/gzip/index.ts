/** Compressing in this thread, piece by piece. The pool of threads that Node compresses in can be stuck behind a disk that hangs. */
export { type GzipPart, gzipHead, gzipPart, gzipTail, textOf } from './parts.ts';

/** Reads files that others provide: only regular files, and only up to a limit. */
export { type FileContent, type FileProblem, readRegularFile } from './read-regular-file.ts';

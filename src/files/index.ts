/** Reading files that others put there: regular ones only, and never more than a bound. */
export { type FileContent, type FileProblem, readRegularFile } from './read-regular-file.ts';

/** Files and the marks that they are known by: many at once, read in a thread of its own, which a disk that does not answer may hold. */
export { FileLook } from './look.ts';
export { type Mark, type MarkedFile, markOf, markSecret } from './mark.ts';

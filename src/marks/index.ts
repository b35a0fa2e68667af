/** Whether files are as they were: looked at in a thread of its own, which a disk that does not answer may hold. */
export { FileLook } from './look.ts';
export { type Mark, markKey, markOf } from './mark.ts';

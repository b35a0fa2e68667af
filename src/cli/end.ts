/** The end of a process that has been told to stop. */
import type { ExitCode } from './command.ts';

/** What SIGTERM leaves the process, whatever hangs. */
export const mostMs = 10_000;
/** For what is written to a log that nobody reads. */
const lastWordsMs = 1_000;

/** Ends the process after `ms`, should anything still keep it. By itself it keeps nothing. */
export function endAfter(ms: number, code: ExitCode): void {
  setTimeout(() => endNow(code), ms).unref();
}

/** When everything has been closed: at once, but for the last words. */
export const endSoon = (code: ExitCode): void => endAfter(lastWordsMs, code);

/**
 * A thread that hangs in the file system or the resolver cannot be ended, and Node would wait for it before it exits. Only the system can
 * end such a process; its exit code is then 137.
 */
function endNow(code: ExitCode): void {
  const hangs = process
    .getActiveResourcesInfo()
    .some((kind) => /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/.test(kind));
  if (hangs) process.kill(process.pid, 'SIGKILL');
  else process.exit(code);
}

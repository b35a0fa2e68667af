/** Ends a process that has been told to stop. */
import type { ExitCode } from './command.ts';

/** From SIGTERM to the end of the process, whatever hangs. */
export const mostMs = 10_000;
/** For the last lines of the log, in case nobody reads it. */
const lastWordsMs = 1_000;

/** Ends the process after `ms`, if something keeps it running until then. */
export function endAfter(ms: number, code: ExitCode): void {
  setTimeout(() => endNow(code), ms).unref();
}

/** For when everything has been closed. */
export const endSoon = (code: ExitCode): void => endAfter(lastWordsMs, code);

/**
 * A thread that hangs in the file system or the resolver cannot be stopped, and Node waits for it before it exits. Only SIGKILL ends such a
 * process; its exit code is then 137.
 */
function endNow(code: ExitCode): void {
  const hangs = process
    .getActiveResourcesInfo()
    .some((kind) => /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/.test(kind));
  if (hangs) process.kill(process.pid, 'SIGKILL');
  else process.exit(code);
}

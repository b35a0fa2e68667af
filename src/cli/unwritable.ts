import { type SafeText, say } from '../text/index.ts';

/** Why a file could not be written, in words: the message of the system names a temporary file beside it, if any. */
export function whyUnwritable(error: Error): SafeText {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EEXIST':
      return say`the file already exists, and was not changed\nChoose another name with --output, or move the file first.`;
    case 'ENOENT':
      return say`there is no such folder`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return say`not writable by this account`;
    case 'ENOSPC':
      return say`the disk is full`;
    default:
      return say`cannot be written (${code ?? 'unknown reason'})`;
  }
}

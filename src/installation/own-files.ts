/** The program's own files, also where the program is one executable file with everything inside. */
import { readdirSync, readFileSync } from 'node:fs';

/** Set by `scripts/release/executable/bootstrap.cjs`, which runs before any of our modules. */
interface Executable {
  read(path: string): Buffer;
  /** The names of the files in a folder. */
  list(folder: string): string[];
  /** What a thread has to run first, as CommonJS. It defines `start(path)`. */
  readonly bootstrap: string;
}
/** Undefined where the program is files in a folder. */
export const { meshCertMonitorExecutable: executable } = globalThis as { meshCertMonitorExecutable?: Executable };

/** @param path - absolute, of a file of the program */
export const readOwnFile = (path: string): Buffer => (executable ? executable.read(path) : readFileSync(path));

/** @param folder - absolute, one without folders in it */
export const listOwnFiles = (folder: string): string[] => (executable ? executable.list(folder) : readdirSync(folder));

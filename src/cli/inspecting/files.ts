/** Which files `inspect FILE…` looks at: files, what is in folders, and what a pattern matches where the shell has left it as it is. */
import { glob, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../../text/index.ts';
import { UsageError } from '../command.ts';

export interface NamedFile {
  readonly path: string;
  /** A person has named it; otherwise it was found in a folder or by a pattern, and may be anything. */
  readonly isNamed: boolean;
}

const mostFiles = 1000;
/** No folder of certificates is deeper. */
const deepest = 5;

/** Each once, in the order given. @throws {UsageError} */
export async function filesNamed(names: readonly string[]): Promise<NamedFile[]> {
  const found = new Map<string, NamedFile>();
  const add = (file: NamedFile) => {
    found.set(file.path, found.get(file.path) ?? file);
    if (found.size > mostFiles) throw new UsageError(say`there are more than ${mostFiles} files; name fewer`);
  };
  for (const name of names) await addNamed(name, add);
  return [...found.values()];
}

type Add = (file: NamedFile) => void;

async function addNamed(name: string, add: Add): Promise<void> {
  if (name === '-') return add({ path: name, isNamed: true });
  const facts = await stat(name).catch(() => undefined);
  if (facts?.isDirectory()) return addFolder(name, add);
  if (facts || !/[*?[{]/.test(name)) {
    if (!facts) throw new UsageError(say`there is no file ${name}`);
    return add({ path: name, isNamed: true });
  }
  let count = 0;
  for await (const path of glob(name)) {
    count += 1;
    if ((await stat(path).catch(() => undefined))?.isFile()) add({ path, isNamed: false });
  }
  if (count === 0) throw new UsageError(say`no file matches ${name}`);
}

/**
 * Names that begin with a dot are left out: Kubernetes keeps what its links point to in such folders. Links to folders are not followed, because they
 * can go round.
 */
async function addFolder(folder: string, add: Add, depth = 0): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (depth > 0) return [];
    throw new UsageError(say`${folder} cannot be listed (${error.code ?? error.message})`);
  });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (depth < deepest) await addFolder(path, add, depth + 1);
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await stat(path).catch(() => undefined))?.isFile()))
      add({ path, isNamed: false });
  }
}

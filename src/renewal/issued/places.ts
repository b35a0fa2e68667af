/** What is at each place where something new has to go, and what has to change there. */
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  isInStore,
  type Put,
  readContent,
  refreshSources,
  type Source,
  SourceError,
  type StoreSource,
  sourceLabel,
  type Variables,
} from '../../config/index.ts';
import { MonitorError } from '../../errors/index.ts';
import type { Replacement } from '../../files/index.ts';
import { inFormOf, labelsAt, sameBlocks } from './written-form.ts';

/** New content for one part of the credential. */
export interface NewPart {
  /** As the configuration calls it. */
  readonly setting: string;
  readonly part: 'privateKey' | 'certificate' | 'caBundle';
  readonly source: Source;
  readonly content: Buffer;
}

export type Change =
  | { readonly kind: 'file'; readonly replacement: Replacement }
  | { readonly kind: 'store'; readonly put: Put };

export class NotInstallableError extends MonitorError {
  override readonly code = 'ERR_NOT_INSTALLABLE';
}

/** Those that differ from what is there. @throws {NotInstallableError} */
export async function changesFor(parts: readonly NewPart[], env: Variables): Promise<Change[]> {
  await refreshSources([parts.map(({ source }) => source)], env);
  const changes: Change[] = [];
  for (const part of parts) changes.push(...(await changeFor(part, env)));
  await assertSeparate(parts);
  return changes;
}

function changeFor(part: NewPart, env: Variables): Promise<Change[]> {
  const { source } = part;
  if (source.kind === 'file') return fileChange(part, source.path);
  return isInStore(source) ? storeChange(part, source, env) : fixed(part, env);
}

/** Two links to one file are one place, of which the second would overwrite the first. */
async function assertSeparate(parts: readonly NewPart[]): Promise<void> {
  const places = await Promise.all(
    parts.map(({ source }) => (source.kind === 'file' ? fileAt(source.path) : undefined)),
  );
  const names = parts.map(({ source }, index) => places[index] ?? sourceLabel(source));
  if (new Set(names).size < parts.length)
    throw new NotInstallableError('certificate, key and bundle must be in separate places');
}

/** The file itself, so that a link remains a link. Undefined if there is none. */
const fileAt = (named: string): Promise<string | undefined> => realpath(named).catch(unlessMissing);

async function fileChange(part: NewPart, named: string): Promise<Change[]> {
  const { content } = part;
  const path = await fileAt(named);
  if (path === undefined) {
    // The first certificate: there is nothing to replace, and the folder may be missing too.
    await mkdir(dirname(named), { recursive: true });
    const mode = part.part === 'privateKey' ? 0o600 : 0o644;
    return [{ kind: 'file', replacement: { path: named, content, mode } }];
  }
  const before = await readFile(path);
  assertReplaceable(part, before, named);
  if (sameBlocks(before, content)) return [];
  return [{ kind: 'file', replacement: { path, content: inFormOf(before, content) } }];
}

async function storeChange(part: NewPart, source: StoreSource, env: Variables): Promise<Change[]> {
  const before = await contentAt(source, env);
  if (!before) return [{ kind: 'store', put: { source, content: part.content } }];
  assertReplaceable(part, before, sourceLabel(source));
  if (sameBlocks(before, part.content)) return [];
  return [{ kind: 'store', put: { source, content: inFormOf(before, part.content) } }];
}

/** Neither a file nor in a store. What is there may be right already: a bundle often is. */
async function fixed({ setting, source, content }: NewPart, env: Variables): Promise<never[]> {
  const before = await contentAt(source, env);
  if (before && sameBlocks(before, content)) return [];
  throw new NotInstallableError(
    `${setting} is not a file, and not in a store, so there is nothing to replace (${sourceLabel(source)})`,
  );
}

/** Undefined if there is nothing. @throws {NotInstallableError} */
export async function contentAt(source: Source, env: Variables): Promise<Buffer | undefined> {
  try {
    const { bytes, unavailable } = await readContent(source, env);
    if (unavailable) throw new NotInstallableError(`${sourceLabel(source)} cannot be read at this moment`);
    return bytes;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.isMissing) return undefined;
    throw new NotInstallableError(error.message);
  }
}

function assertReplaceable({ part }: NewPart, before: Buffer, label: string): void {
  const labels = labelsAt(before);
  if (!labels)
    throw new NotInstallableError(`${label} is not PEM, so the application that reads it may not accept PEM`);
  const kinds = new Set(labels.map((each) => (each.endsWith('PRIVATE KEY') ? 'key' : 'certificate')));
  if (kinds.size > 1 || (part === 'certificate' && labels.length > 1))
    throw new NotInstallableError(`${label} contains more than one item; put the new ones in by hand`);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

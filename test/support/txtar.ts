/**
 * Many small files in one, in Go's txtar format: a line `-- name --` begins a file, which lasts until the next such line.
 * Every file ends with a line feed, and its bytes are kept as they are.
 */
export interface ArchivedFile {
  readonly name: string;
  readonly text: string;
}

const marker = /^-- (\S+) --\n/m;

/** @throws Error on text before the first marker, which would belong to no file. */
export function readTxtar(archive: string): ArchivedFile[] {
  const [before, ...parts] = archive.split(marker);
  if (before !== '') throw new Error(`a txtar archive begins with a line "-- name --", got "${before?.slice(0, 80)}"`);
  return Array.from({ length: parts.length / 2 }, (_, index) => ({
    name: parts[2 * index] ?? '',
    text: parts[2 * index + 1] ?? '',
  }));
}

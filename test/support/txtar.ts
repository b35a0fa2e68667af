/**
 * Many small files in one, in Go's txtar format: a line `-- name --` begins a file, which ends at the next such
 * line. Every file ends with a line feed, and its bytes are unchanged.
 */
export interface ArchivedFile {
  readonly name: string;
  readonly text: string;
}

const marker = /^-- (\S+) --\n/m;

/** @throws {Error} for text before the first marker, which would not belong to any file. */
export function readTxtar(archive: string): ArchivedFile[] {
  const [before, ...parts] = archive.split(marker);
  if (before !== '') throw new Error(`a txtar archive begins with a line "-- name --", got "${before?.slice(0, 80)}"`);
  return Array.from({ length: parts.length / 2 }, (_, index) => ({
    name: parts[2 * index] ?? '',
    text: parts[2 * index + 1] ?? '',
  }));
}

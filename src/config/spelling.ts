/** The known key that was probably intended: `mailboxId` is mailbox_id, `pasword` is password, `mailbox_id` in the wrong section is mesh.mailbox_id. */
export function nearest(key: string, known: readonly string[]): string | undefined {
  const written = plain(key);
  const ranked = known
    .map((candidate) => ({ candidate, away: distance(written, plain(candidate.slice(candidate.indexOf('.') + 1))) }))
    .sort((a, b) => a.away - b.away);
  const best = ranked[0];
  return best && best.away <= Math.min(2, Math.floor(written.length / 3)) ? best.candidate : undefined;
}

const plain = (key: string) =>
  key
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** Levenshtein distance: how many letters to insert, remove or change. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const change = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * The known word that was probably meant: at most two letters away, and fewer in short words. Case and punctuation do not count.
 * @param compared - the part of a known word that is compared; default: all of it.
 */
export function nearest(
  written: string,
  known: readonly string[],
  compared: (known: string) => string = (all) => all,
): string | undefined {
  const typed = plain(written);
  const most = Math.min(2, Math.floor(typed.length / 3));
  let best: { readonly candidate: string; readonly away: number } | undefined;
  for (const candidate of known) {
    const away = distance(typed, plain(compared(candidate)));
    if (away <= most && (!best || away < best.away)) best = { candidate, away };
  }
  return best?.candidate;
}

const plain = (word: string) =>
  word
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** How many letters to insert, remove, change or swap with the next one: Levenshtein's distance with Damerau's swaps. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 0; row < a.length; row += 1) {
    const current = [row + 1];
    for (let column = 0; column < b.length; column += 1) {
      const changed = (previous[column] ?? 0) + (a[row] === b[column] ? 0 : 1);
      const isSwap = row > 0 && column > 0 && a[row] === b[column - 1] && a[row - 1] === b[column];
      const swapped = isSwap ? (before[column - 1] ?? 0) + 1 : changed;
      current.push(Math.min(changed, swapped, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}

/** Which items are read in which call. */

export function chunked<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/**
 * As few calls as possible, and within that, what belongs together in one call: the parts of a credential should be from one moment.
 * Single items fill what groups leave empty.
 */
export function packed(groups: readonly (readonly string[])[], size: number): string[][] {
  const seen = new Set<string>();
  const once = groups.map((group) => group.filter((name) => !seen.has(name) && seen.add(name)));
  const single = once.flatMap((group) => (group.length === 1 ? group : []));
  const calls: string[][] = [];
  for (const group of once.filter(({ length }) => length > 1)) {
    const last = calls.at(-1);
    if (last && last.length + group.length <= size) last.push(...group);
    else calls.push(...chunked(group, size));
  }
  for (const call of calls) call.push(...single.splice(0, size - call.length));
  calls.push(...chunked(single, size));
  const fewest = Math.ceil(once.flat().length / size);
  return calls.length > fewest ? chunked(once.flat(), size) : calls;
}

/**
 * For a file that the program can do without. The first failure of the system or the database is told; work that fails has no result.
 * @throws what has no `code`, because that is a bug
 * @example
 * const attempt = dispensable((error) => log.warn({ error: error.message }, 'nothing is kept'));
 * const row = attempt(() => statement.get(name));
 */
export function dispensable(tell: (error: Error) => void): <T>(work: () => T) => T | undefined {
  let told = false;
  return (work) => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      if (!told) tell(error);
      told = true;
      return undefined;
    }
  };
}

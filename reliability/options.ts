/** What the programs in this folder do with their options. */

/** Ends the program with exit status 2 if `parse` throws: then the options are wrong. */
export function orUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** @throws {Error} that names the option. */
export function wholeNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} is not a whole number`);
  return Number(value);
}

/** A number of units of work that can be spent. Once something has been turned down, everything is. */
export interface Allowance {
  /** @returns whether that much was left. */
  spend(units: number): boolean;
  /** Whether something has been turned down. */
  readonly isSpent: boolean;
}

/**
 * @example
 * const signatures = allowance(limits.pathSignatures);
 * if (!signatures.spend(1)) throw overLimit('the bundle has too many CAs of one name');
 */
export function allowance(units: number): Allowance {
  let left = units;
  return {
    spend(wanted) {
      left -= wanted;
      return left >= 0;
    },
    get isSpent() {
      return left < 0;
    },
  };
}

/** What every reader under test has in common. */
import type fc from 'fast-check';

/** Whether the reader took the input; a fuzzer whose inputs are all refused, or none, tests little. */
export type Outcome = 'accepted' | 'refused';

export interface Reader {
  readonly name: string;
  /** Of all inputs, as a part of the sum of all shares. */
  readonly share: number;
  readonly inputs: fc.Arbitrary<Input>;
  close?(): Promise<void>;
}

/** One input, ready to be read. */
export interface Input {
  /** The octets that were made, to look at when a property is broken. */
  readonly bytes: Buffer;
  /** Executed blocks that it may cost, if more than the usual. */
  readonly mostBlocks?: number;
  /** @throws {Broken} when a property does not hold; any other error is a bug of the product. */
  read(): Promise<Outcome>;
}

/** A property that does not hold. */
export class Broken extends Error {}

export function must(holds: boolean, property: string): void {
  if (!holds) throw new Broken(property);
}

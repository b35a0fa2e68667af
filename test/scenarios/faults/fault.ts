import type { FindingCode } from '../../../src/findings/catalogue.ts';
import type { HandshakeReason } from '../../../src/mesh/types.ts';
import type { Bench } from '../../support/faults/bench.ts';

/** One thing that goes wrong, in an environment that is otherwise in order. */
export interface Fault {
  readonly name: string;
  readonly make: () => Promise<Bench>;
  /** Undefined for what needs nobody's attention. */
  readonly cause: FindingCode | undefined;
  readonly consequences: readonly FindingCode[];
  /** Of the last handshake. Undefined: it succeeds. */
  readonly reason?: HandshakeReason;
  /** What a person is told to do first. */
  readonly first?: RegExp;
  readonly headline?: RegExp;
  /** The one alert that fires. Undefined: none. */
  readonly alert?: string;
  /** A second fault, which has nothing to do with the first. */
  readonly also?: readonly FindingCode[];
  /** Information that is present as well. */
  readonly information?: readonly FindingCode[];
  /** Without this tool the fault cannot be made. */
  readonly tool?: 'openssl' | 'keytool';
  /** Does what `first` says, to the letter. After it the cause is gone. */
  readonly remedy?: (bench: Bench) => void | Promise<void>;
  /** What is printed as the command is typed, to the letter. After it the cause is gone. */
  readonly typed?: true;
}

import { createPrivateKey, type PrivateKeyInput } from 'node:crypto';

/**
 * OpenSSL's reading of a private key. Node takes an error that something before this left in OpenSSL's queue for an error of this, and then
 * empties the queue: so what fails is tried once more, and only what fails again is the key's fault.
 * @throws {Error} from OpenSSL, without a stack.
 */
export const opensslPrivateKey = (input: PrivateKeyInput) =>
  withoutStacks(() => {
    try {
      return createPrivateKey(input);
    } catch {
      return createPrivateKey(input);
    }
  });

/**
 * Node finds out what kind of key it was given by exceptions that it catches itself, up to four for one key. Collecting their stacks takes as
 * long as reading the key.
 */
function withoutStacks<Result>(work: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

import { StoreError } from '../renewal/index.ts';
import { escaped } from '../text/index.ts';
import { UsageError } from './command.ts';

/** The state directory is an input, like a file: problems with it are reported without a stack trace. @throws {UsageError} */
export async function storeErrorsAsUsage<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(escaped(error.message)) : error;
  }
}

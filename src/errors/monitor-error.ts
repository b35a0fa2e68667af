import type { ErrorCode } from './catalogue.ts';

/**
 * What everything that is thrown on purpose extends. Whoever catches it in the code goes by the class, whoever reads it in a log by its code.
 * Any other error is a bug, or the platform's own.
 *
 *     export class StoreLockedError extends MonitorError {
 *       override readonly code = 'ERR_STORE_LOCKED';
 *     }
 */
export abstract class MonitorError extends Error {
  abstract readonly code: ErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

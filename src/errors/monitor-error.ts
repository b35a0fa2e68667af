import type { ErrorCode } from './catalogue.ts';

/**
 * Base class of everything that is thrown on purpose. Code catches it by class; people search logs by its code.
 * Any other error is a bug, or comes from the platform.
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

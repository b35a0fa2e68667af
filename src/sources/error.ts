import { MonitorError } from '../errors/index.ts';
import type { StoreProblem } from './store/driver.ts';

interface Facts {
  readonly isMissing?: boolean | undefined;
  readonly unavailable?: StoreProblem | undefined;
}

/** A source could not be read. `message` is a sentence that names the place and the reason, but never a value. */
export class SourceError extends MonitorError {
  override readonly code = 'ERR_SOURCE';
  /** There is nothing at the place: no file, a variable that is not set or empty, nothing of that name in a store. */
  readonly isMissing: boolean;
  /** The store did not answer, so nobody knows what is at the place. */
  readonly unavailable?: StoreProblem;

  constructor(message: string, { isMissing = false, unavailable }: Facts = {}) {
    super(message);
    this.isMissing = isMissing;
    if (unavailable) this.unavailable = unavailable;
  }
}

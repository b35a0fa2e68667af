/** One case of a suite: a certificate, a bundle, a time, and the expected verdict. */

export interface Case {
  readonly suite: string;
  /** The suite's own id, with the suite's name in front if it does not contain it. */
  readonly id: string;
  readonly group: string;
  /** PEM. */
  readonly certificate: string;
  readonly bundle: string;
  readonly at: Date;
  /** The right verdict for a TLS client's path (RFC 5280 §6). Absent if the case tests something else. */
  readonly expected?: 'accept' | 'reject';
  /** Why `expected` is absent, or is not the suite's own verdict. */
  readonly remark?: string;
  /** Findings about things that the case does not test. */
  readonly ignored: readonly string[];
  /** Cases that test the same thing many times, for `accepted.yaml`. */
  readonly kind?: string;
}

/** One question of a suite: a certificate, a bundle, a time, and what is to come out. */

export interface Case {
  readonly suite: string;
  /** As the suite has it, with the suite's name in front where that is not in it. */
  readonly id: string;
  readonly group: string;
  /** PEM. */
  readonly certificate: string;
  readonly bundle: string;
  readonly at: Date;
  /** What is right for a TLS client's path (RFC 5280 §6). Absent: the case asks about something else. */
  readonly expected?: 'accept' | 'reject';
  /** Why `expected` is absent, or is not the suite's own verdict. */
  readonly remark?: string;
  /** Findings about what the case does not ask. */
  readonly ignored: readonly string[];
  /** Cases that are one question asked many times, for `accepted.yaml`. */
  readonly kind?: string;
}

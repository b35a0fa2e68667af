/** What a rule is given, and what it returns. */
import type { FindingCode } from '../../findings/index.ts';
import type { Allowance } from '../../limits/index.ts';
import type { Certificate } from '../../x509/index.ts';

export interface Failure {
  readonly code: FindingCode;
  /** The certificate that is to blame. */
  readonly certificate: Certificate;
  readonly message: string;
}

/** A path built by name chaining, key identifiers and signatures. */
export interface Candidate {
  /** Client first. */
  readonly path: readonly Certificate[];
  /** Whether the last certificate signed itself: the trust anchor. */
  readonly complete: boolean;
  /** How many more comparisons of names and policies may be made. */
  readonly work: Allowance;
}

/** Judges a path as a whole. */
export type PathRule = (candidate: Candidate) => Failure[];

/** Judges one CA, wherever it is on a path. `isRoot`: as its trust anchor. */
export type IssuerRule = (issuer: Certificate, isRoot: boolean, now: Date) => Failure[];

/** Judges any certificate, including the client's. */
export type CertificateRule = (certificate: Certificate) => Failure[];

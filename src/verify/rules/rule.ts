/** What a rule is given, and what it has to say. */
import type { FindingCode } from '../../findings/index.ts';
import type { Certificate } from '../../x509/index.ts';
import type { Allowance } from '../issuers.ts';

export interface Failure {
  readonly code: FindingCode;
  /** The certificate that is to blame. */
  readonly certificate: Certificate;
  readonly message: string;
}

/** A path that name chaining, key identifiers and signatures have put together. */
export interface Candidate {
  /** Client first. */
  readonly path: readonly Certificate[];
  /** Whether the last certificate signed itself: the trust anchor. */
  readonly complete: boolean;
  /** How many comparisons of names and policies may still be made. */
  readonly work: Allowance;
}

/** Looks at a path as a whole. */
export type PathRule = (candidate: Candidate) => Failure[];

/** Looks at one CA, wherever on a path it stands. `isRoot`: as its trust anchor. */
export type IssuerRule = (issuer: Certificate, isRoot: boolean, now: Date) => Failure[];

/** Looks at any certificate, the client's too. */
export type CertificateRule = (certificate: Certificate) => Failure[];

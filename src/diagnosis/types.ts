/** What a diagnosis goes by, and what it says. */
import type { ChainOrder, GivenSource, ResolvedEnvironment, Source } from '../config/index.ts';
import type { Finding, FindingCode } from '../findings/index.ts';
import type { HandshakeReason, HandshakeResult } from '../mesh/index.ts';
import type { RenewalStatus } from '../renewal/index.ts';
import type { SafeText } from '../text/index.ts';
import type { Assessment } from '../verify/index.ts';

/** Where the parts of a credential are. */
export type Sources = Readonly<
  Partial<Record<'certificate' | 'privateKey' | 'passphrase' | 'caBundle' | 'keystore', Source | GivenSource>>
>;

/** Everything known about one environment at one time. */
export interface Evidence {
  readonly findings: readonly Finding[];
  readonly assessment?: Assessment;
  /** The last one. */
  readonly handshake?: HandshakeResult;
  readonly renewal?: RenewalStatus;
  /** Undefined for `inspect`, which has no configuration. */
  readonly environment?: ResolvedEnvironment;
  /** What `inspect` was given, which has no configuration to look it up in. */
  readonly sources?: Sources;
  /** Of the bundle, without a configuration. Default: `root-first`. */
  readonly chainOrder?: ChainOrder;
  /** Absolute path, for commands that a person can type. */
  readonly configurationFile?: string;
  readonly now: Date;
}

export interface Diagnosis {
  /** Undefined if nothing needs attention. Information only if that is all, and waits for somebody. Its severity is at least that of every consequence. */
  readonly cause?: Finding;
  /** One phrase: what is wrong, next to what MESH says. */
  readonly headline: SafeText;
  /** What to do first. */
  readonly firstAction: SafeText;
  /** The same without the contact's name and number, for what keeps it for long (metrics). */
  readonly lastingAction: SafeText;
  /** Runs as printed in a POSIX shell. */
  readonly command?: SafeText;
  /** What goes away together with the cause. */
  readonly consequences: readonly Finding[];
  /** Warnings and critical findings that have nothing to do with the cause. */
  readonly alsoNeedsAttention: readonly Finding[];
  /** Every finding: the cause first, then the others, worst first. A consequence is information and says what it follows from. */
  readonly findings: readonly Finding[];
}

/** What a rule says in place of the finding's own words. An absent part stays as it was. */
export interface Wording {
  readonly headline?: string;
  /** Added to the finding's message. */
  readonly message?: string;
  /** What to do first, in place of the remedy. */
  readonly remedy?: string;
  /** Somebody has to be called, and calls back: the contact is named after the remedy. */
  readonly calls?: boolean;
  readonly command?: string;
}

/** One case: which findings together mean what. */
export interface Rule {
  /** A sentence: the name of the case in the tests and in the documentation. */
  readonly name: string;
  readonly cause: FindingCode;
  /** The reasons of a failed handshake that the cause explains. Where the cause is the failed handshake itself: those it applies to. */
  readonly reasons?: readonly HandshakeReason[];
  /** What goes away together with the cause. */
  readonly consequences?: readonly FindingCode[];
  /** Default: always. */
  readonly when?: (evidence: Evidence, cause: Finding) => boolean;
  readonly says?: (evidence: Evidence, cause: Finding) => Wording;
}

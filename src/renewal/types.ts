import type { Finding } from '../findings/index.ts';
import type { SafeText, Untrusted } from '../text/index.ts';
import type { RefusedThing } from './mail/smtp-failure.ts';

/** The closed list of states, also used by the metric. An environment is in exactly one at a time. */
export const renewalStates = [
  'not_due',
  'due',
  'sending',
  'requested',
  'uncertain',
  'issued',
  'deployed',
  'failed',
] as const;
export type RenewalState = (typeof renewalStates)[number];
/** The desk has, or may have, the request: without its private key, what comes back is of no use. */
export const statesNeedingKey: readonly RenewalState[] = ['requested', 'uncertain', 'issued'];

export const emailOutcomes = ['sent', 'failed', 'drafted'] as const;
export type EmailOutcome = (typeof emailOutcomes)[number];

/**
 * Environment and SHA-256 fingerprint of the certificate that is deployed: one request per deployed certificate. For the first certificate
 * of an environment, what `firstKey` says.
 */
export interface RequestKey {
  readonly environment: string;
  readonly fingerprintSha256: string;
}

/** What a request is for, whatever the environment's name. */
export interface Subject {
  /** In upper case. */
  readonly mailboxId: string;
  /** Which of MESH's environments: the preset's name, or the address. */
  readonly mesh: string;
}

/** One renewal as recorded on disk. */
export interface RenewalRecord extends RequestKey, Partial<Subject> {
  readonly state: RenewalState;
  readonly commonName: Untrusted;
  /** Of the certificate that is being replaced; absent when the request is for the first. */
  readonly serial?: string;
  readonly notAfter?: Date;
  /** Every transition, oldest first. */
  readonly transitions: readonly { readonly state: RenewalState; readonly at: Date; readonly reason: SafeText }[];
  /** When a person asked for it last: it is sent whether or not the window is open. */
  readonly askedAt?: Date;
  /** Why a person asked before the window opened, in their own words. */
  readonly askedReason?: string;
  readonly requestedAt?: Date;
  /** `sent`: a mail server accepted the request to the desk. `drafted`: a person has to forward it (review mode, or no SMTP configured). */
  readonly delivery?: 'sent' | 'drafted';
  readonly messageId?: string;
  /** Files below the state directory, relative to it; never their content. */
  readonly keyFile?: string;
  /** Where the key is, if it is in a secret store instead: how messages name the place. */
  readonly keyPlace?: string;
  readonly csrFile?: string;
  readonly messageFile?: string;
  /** SHA-256 of the SubjectPublicKeyInfo in the CSR, hex. */
  readonly spkiSha256?: string;
  /** Of the certificate that came back, once accepted or deployed. */
  readonly issuedFingerprintSha256?: string;
  /** The certificate seen deployed in place of this one, and since when: it closes the renewal once MESH accepts it. */
  readonly successorFingerprintSha256?: string;
  readonly successorSeenAt?: Date;
  /** When MESH was seen to accept it; absent if a valid credential was enough. */
  readonly acceptedAt?: Date;
  readonly remindedAt?: Date;
  readonly closedAt?: Date;
  /** How often the mail server has been called with the request. */
  readonly attempts: number;
  /** When the mail server may first have received part of the message in the current attempt. Before that, nothing was sent for certain. */
  readonly bodyBegunAt?: Date;
  readonly nextAttemptAt?: Date;
  readonly lastError?: SafeText;
  /** What the mail server refused permanently. */
  readonly refusedThing?: RefusedThing;
}

/** What the contact is told in addition to the request itself. */
export type NoticeKind = 'uncertain' | 'unsent' | 'reminder' | 'closing';

/** Recorded before its message is sent, so that a crash cannot repeat it endlessly. */
export interface Notice {
  readonly kind: NoticeKind;
  /** The attempt at sending that it concerns: a second uncertain attempt is reported again. */
  readonly occasion: number;
  /** Those that may have been delivered. */
  readonly tries: number;
  /** Those that certainly were not, and may be another time. */
  readonly failures: number;
  readonly triedAt: Date;
  readonly sentAt?: Date;
}

/** A record with what the contact has been told about it. */
export interface StoredRenewal extends RenewalRecord {
  readonly notices: readonly Notice[];
  /** Digest of the settings that can cause a permanent refusal. */
  readonly refusedFacts?: string;
}

/** What the page, the API and the metrics show of one environment's renewal. */
export interface RenewalStatus {
  readonly state: RenewalState;
  /** Why it is in that state, one sentence. */
  readonly reason: SafeText;
  /** When the window opens or opened. Absent without a client certificate, and if nothing is requested until a person asks. */
  readonly dueAt?: Date;
  /** The last day on which a request leaves the desk its working days. */
  readonly lastSafeDay?: Date;
  readonly requestedAt?: Date;
  /** The day on which the desk's usual time for an answer ends. Only of a request that it has. */
  readonly answerDue?: Date;
  readonly record?: RenewalRecord;
  /** Why nothing is sent yet although the request is due: nothing has confirmed this machine’s clock. */
  readonly clockDoubt?: SafeText;
  /** Only of a certificate that has come back and is not deployed yet. */
  readonly deployment?: Deployment;
  /** The environment has never had a certificate, as far as is known, and has none now: whether one is awaited. */
  readonly first?: 'awaited' | 'not_requested';
}

/** How a certificate that `accept` has accepted is put in place. */
export interface Deployment {
  readonly remedy: SafeText;
  /** Runs as printed in a POSIX shell. */
  readonly command: SafeText;
}

/** The diagnosis of an environment, as far as it is said in a message to its contact. */
export interface Told {
  /** Absent if nothing needs attention. */
  readonly cause?: Pick<Finding, 'code' | 'reason'>;
  readonly headline: SafeText;
  /** What to do first. It does not name the contact, who reads it. */
  readonly lastingAction: SafeText;
  readonly command?: SafeText;
}

/** All recorded renewals, oldest first, read in parts. Reading throws StoreError if the disk fails. */
export interface RenewalRecords {
  readonly count: number;
  slice(from: number, most: number): readonly RenewalRecord[];
  of(environment: string): readonly RenewalRecord[];
}

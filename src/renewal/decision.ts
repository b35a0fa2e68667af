/** What a decision about a renewal goes by, and what it can come to. */
import type { ResolvedEnvironment } from '../config/index.ts';
import type { Assessment } from '../verify/index.ts';
import type { Records } from './claim.ts';
import type { NoticeKind, RequestKey } from './types.ts';

export interface RenewalFacts extends Records {
  readonly environment: ResolvedEnvironment;
  readonly assessment?: Assessment;
  /** The last one that was run. */
  readonly handshake?: SeenHandshake;
  /** A person asks now, without waiting for the window. */
  readonly asked?: { readonly reason?: string };
  /** Why this machine's clock cannot be believed yet, as the end of a sentence; absent: it can. */
  readonly clockDoubt?: string;
  /** Digest, as of now, of what a request that was refused for good was refused for. */
  readonly refusedFacts?: string;
  /** For commands that a person is told to type. */
  readonly configurationFile: string;
}

export interface SeenHandshake {
  readonly startedAt: Date;
  readonly outcome: 'success' | 'failure';
  /** This machine's clock minus MESH's. */
  readonly clockSkewSeconds?: number;
  readonly serverVerified?: boolean;
  /** Of a failure. */
  readonly reason?: string;
}

export type RenewalAction =
  /** Nothing, until time or the world moves on. */
  | { readonly kind: 'rest' }
  /** Open the record of a certificate that was not seen before. */
  | { readonly kind: 'begin' }
  /** Take over the record of an environment that is called otherwise now, or that shares the certificate and has not asked. */
  | { readonly kind: 'adopt'; readonly from: RequestKey }
  /** not_due → due, and back when the window or the clock was moved. */
  | { readonly kind: 'fall_due' | 'withdraw' }
  /** failed → due: what the mail server refused has been changed. */
  | { readonly kind: 'retry' }
  /** due → sending → … */
  | { readonly kind: 'send' }
  | { readonly kind: 'notify'; readonly notice: NoticeKind }
  /** Another certificate is deployed in this one's place; MESH has still to accept it. */
  | { readonly kind: 'note_successor'; readonly successor: string }
  /** … → deployed. `accepted`: by MESH, in a handshake. */
  | { readonly kind: 'deploy'; readonly successor: string; readonly accepted: boolean }
  /** … → deployed where the desk was never asked, so nobody needs telling. */
  | { readonly kind: 'retire'; readonly successor: string }
  /** The contact has been told, or cannot be: nothing more is owed. */
  | { readonly kind: 'close' };

export type RenewalDecision = RenewalAction & {
  /** The renewal that the environment is in; absent when there is no certificate to renew. */
  readonly key?: RequestKey;
  /** One sentence. */
  readonly reason: string;
};

/** Without the renewal that it is about. */
export type Undirected = RenewalAction & { readonly reason: string };

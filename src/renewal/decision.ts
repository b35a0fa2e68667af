/** What a decision about a renewal is based on, and what can be decided. */
import type { ResolvedEnvironment } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import type { Assessment } from '../verify/index.ts';
import type { Records } from './claim.ts';
import type { NoticeKind, RenewalState, RequestKey } from './types.ts';

export interface RenewalFacts extends Records {
  readonly environment: ResolvedEnvironment;
  readonly assessment?: Assessment;
  readonly credential?: Pick<DeployedCredential, 'missing'>;
  /** The last one that ran. */
  readonly handshake?: SeenHandshake;
  /** A person asks for it now, without waiting for the window. */
  readonly asked?: { readonly reason?: string };
  /** Why this machine's clock cannot be trusted yet, as the end of a sentence; absent if it can. */
  readonly clockDoubt?: string;
  /** Of a request whose key is in a secret store: why the key is not there any more. */
  readonly keyGone?: string;
  /** Fingerprints of the certificates for which a request is being made at this moment. */
  readonly making?: ReadonlySet<string>;
  /** Current digest of the settings that led to a permanent refusal. */
  readonly refusedFacts?: string;
  /** For commands that people are told to type. */
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
  /** Nothing, until time passes or something changes. */
  | { readonly kind: 'rest' }
  /** Open a record for a certificate that was not seen before. */
  | { readonly kind: 'begin' }
  /** Take over the record of an environment that now has a different name, or that shares the certificate and has not sent a request. */
  | { readonly kind: 'adopt'; readonly from: RequestKey }
  /** not_due → due, and back when the window or the clock was moved. */
  | { readonly kind: 'fall_due' | 'withdraw' }
  /** failed → due: the settings that the mail server refused have changed. */
  | { readonly kind: 'retry' }
  /** due → sending → … */
  | { readonly kind: 'send' }
  | { readonly kind: 'notify'; readonly notice: NoticeKind }
  /** Another certificate is deployed in place of this one; MESH has not accepted it yet. */
  | { readonly kind: 'note_successor'; readonly successor: string }
  /** … → deployed. `accepted`: by MESH, in a handshake. */
  | { readonly kind: 'deploy'; readonly successor: string; readonly accepted: boolean }
  /** … → deployed, when no request was ever sent, so nobody needs to be told. */
  | { readonly kind: 'retire'; readonly successor: string }
  /** deployed → …, because the certificate that was replaced is deployed again. */
  | { readonly kind: 'reopen'; readonly to: RenewalState }
  /** The contact has been told, or cannot be: nothing more to do. */
  | { readonly kind: 'close' };

export type RenewalDecision = RenewalAction & {
  /** The environment's current renewal; absent if there is no certificate to renew. */
  readonly key?: RequestKey;
  /** One sentence. */
  readonly reason: string;
};

/** Without the renewal that it concerns. */
export type Undirected = RenewalAction & { readonly reason: string };

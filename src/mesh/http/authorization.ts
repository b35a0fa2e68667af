import { createHmac } from 'node:crypto';
import { Secret } from '../../config/index.ts';

export interface TokenInputs {
  /** MESH wants it in upper case, in the token and in the path. */
  readonly mailboxId: string;
  readonly password: Secret;
  readonly sharedKey: Secret;
  /** Never used twice with the same count: MESH accepts a token once. */
  readonly nonce: string;
  readonly nonceCount: number;
  readonly now: Date;
}

/**
 * The value of the `Authorization` header: `NHSMESH <mailbox>:<nonce>:<nonce count>:<timestamp>:<hash>`, where the hash is the
 * hex HMAC-SHA256, keyed with the shared key, of mailbox, nonce, nonce count, password and timestamp joined by colons.
 * Source: MESH API specification, authorization.
 */
export function authorizationToken(inputs: TokenInputs): Secret {
  const { mailboxId, password, sharedKey, nonce, nonceCount, now } = inputs;
  const timestamp = utcMinute(now);
  const hash = createHmac('sha256', sharedKey.reveal())
    .update([mailboxId, nonce, nonceCount, password.reveal(), timestamp].join(':'))
    .digest('hex');
  return new Secret(`NHSMESH ${[mailboxId, nonce, nonceCount, timestamp, hash].join(':')}`);
}

/** `yyyyMMddHHmm`, UTC. */
function utcMinute(time: Date): string {
  return time.toISOString().replace(/\D/g, '').slice(0, 12);
}

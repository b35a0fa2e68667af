/** Access control: a client certificate from a configured CA, or a user name and password (RFC 7617). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RequestHandler, Response } from 'express';
import { parsePasswordHash, type Secret } from '../../config/index.ts';
import { peerOf } from '../connections/peer.ts';
import { sendProblem } from '../problem.ts';
import { Attempts, attemptLimits } from './attempts.ts';
import { verifyPassword } from './password.ts';

export type BasicCredentials = { readonly username: string } & (
  | { readonly password: Secret }
  | { readonly passwordHash: Secret }
);

/** Called for every request, so that a new password or configuration takes effect at once. Undefined: no password is required. */
export type BasicAuth = () => Promise<BasicCredentials | undefined>;

export interface AccessOptions {
  readonly basicAuth?: BasicAuth | undefined;
  /** Whether a client certificate is enough. The listener has requested and verified it. Called for every request. */
  readonly clientCertificates?: (() => boolean) | undefined;
  /** The address that an attempt counts for. Default: the other end of the connection. */
  readonly clientOf?: ((request: IncomingMessage) => string) | undefined;
  /** Called with the reason why a password cannot be checked. */
  readonly report: (error: unknown) => void;
  /** Replaces the real one in tests. */
  readonly verify?: typeof verifyPassword | undefined;
  /** Milliseconds of a monotonic clock, by which guesses wait. */
  readonly clock?: (() => number) | undefined;
}

/** If the password cannot be read or checked, access is denied. */
export function requireAccess(options: AccessOptions): RequestHandler {
  const { basicAuth, clientCertificates, clientOf = addressOf, report, verify = verifyPassword, clock } = options;
  const attempts = new Attempts(clock);
  const known = new KnownGood();
  const failed = new WeakSet<Socket>();
  return async (request, response, next) => {
    const mayShowCertificate = clientCertificates?.() ?? false;
    if (mayShowCertificate && hasCertificate(request.socket)) return next();
    let expected: BasicCredentials | undefined;
    try {
      expected = await basicAuth?.();
    } catch (error) {
      report(error);
      return sendProblem(response, 503, 'The password for this service cannot be read, so access is denied.');
    }
    if (!expected)
      return mayShowCertificate ? sendProblem(response, 403, 'This service requires a client certificate.') : next();
    const given = credentialsIn(request.headers.authorization);
    if (given === undefined) return challenge(response);
    const proof = known.proofOf(given, expected);
    if (known.isOfConnection(request.socket, proof)) return next();
    const hasGone = () => response.destroyed;
    const attempt = await attempts.begin(peerOf(clientOf(request)), hasGone, failed.has(request.socket));
    // Until the password turns out to be right.
    failed.add(request.socket);
    if (!attempt) return tooMany(response);
    let isRight = false;
    try {
      isRight = known.isLast(proof) || (await matches(given, expected, verify));
    } catch (error) {
      report(error);
      return sendProblem(response, 503, 'The password cannot be checked, so access is denied.');
    } finally {
      attempt.end(isRight);
    }
    if (!isRight) return challenge(response);
    failed.delete(request.socket);
    known.remember(request.socket, proof);
    next();
  };
}

const addressOf = ({ socket }: IncomingMessage) => socket.remoteAddress ?? '';

const hasCertificate = (socket: Socket | TLSSocket) => 'authorized' in socket && socket.authorized === true;

/** The bytes of `user:password`. Undefined for any other header. */
function credentialsIn(header: string | undefined): Buffer | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}

function challenge(response: Response): void {
  response.set('WWW-Authenticate', 'Basic realm="mesh-cert-monitor", charset="UTF-8"');
  sendProblem(response, 401);
}

function tooMany(response: Response): void {
  response.set('Retry-After', String(Math.ceil(attemptLimits.waitMs / 1000)));
  sendProblem(response, 429, 'Too many wrong passwords, from this address or overall.');
}

/** @throws {Error} if the configured hash is not one, or cannot be computed. */
async function matches(given: Buffer, expected: BasicCredentials, verify: typeof verifyPassword): Promise<boolean> {
  const { username } = expected;
  // User name and password are compared together, so that the response does not show which was wrong.
  if ('password' in expected) return isSame(digest(given), digest(`${username}:${expected.password.reveal()}`));
  const hash = parsePasswordHash(expected.passwordHash.reveal());
  if (!hash) throw new Error('http.basic_auth.password_hash does not contain a hash that can be used');
  const colon = given.indexOf(':');
  // The password is checked for any user name, so that the response time does not show whether the user exists.
  const isPassword = await verify(given.subarray(colon + 1), hash);
  return isSame(digest(given.subarray(0, Math.max(0, colon))), digest(username)) && isPassword;
}

/** With a key, so that a digest kept in memory is of no use outside this process. */
const key = randomBytes(32);
const digest = (value: string | Buffer) => createHmac('sha256', key).update(value).digest();
const isSame = (a: Buffer, b: Buffer) => timingSafeEqual(a, b);

/** Remembers what was correct, so that a scraper that comes every few seconds costs nothing. */
class KnownGood {
  readonly #ofConnection = new WeakMap<Socket, Buffer>();
  #last = Buffer.alloc(0);

  /** Includes the expected secret, so that it is no longer valid after a rotation. */
  proofOf(given: Buffer, expected: BasicCredentials): Buffer {
    const secret = 'password' in expected ? [expected.password.reveal()] : ['hash', expected.passwordHash.reveal()];
    return digest(JSON.stringify([given.toString('base64'), expected.username, secret]));
  }

  /** A connection that has logged in is not held up by what others try. */
  isOfConnection(socket: Socket, proof: Buffer): boolean {
    const known = this.#ofConnection.get(socket);
    return known !== undefined && isSame(known, proof);
  }

  isLast(proof: Buffer): boolean {
    return this.#last.length > 0 && isSame(this.#last, proof);
  }

  remember(socket: Socket, proof: Buffer): void {
    this.#ofConnection.set(socket, proof);
    this.#last = Buffer.from(proof);
  }
}

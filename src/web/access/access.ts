/** Who may look: a client certificate that a configured CA has signed, or a user name and password (RFC 7617). */
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

/** Read for every request, so that a rotated password and a reloaded configuration count at once. Undefined: nobody is asked. */
export type BasicAuth = () => Promise<BasicCredentials | undefined>;

export interface AccessOptions {
  readonly basicAuth?: BasicAuth | undefined;
  /** Whether a client certificate is enough, which the listener has asked for and verified; read for every request. */
  readonly clientCertificates?: (() => boolean) | undefined;
  /** Whom an attempt counts for; default: the address at the other end. */
  readonly clientOf?: ((request: IncomingMessage) => string) | undefined;
  /** Told why a password cannot be checked. */
  readonly report: (error: unknown) => void;
  /** Instead of the real one. */
  readonly verify?: typeof verifyPassword | undefined;
}

/** A password that cannot be read or checked lets nobody in. */
export function requireAccess(options: AccessOptions): RequestHandler {
  const { basicAuth, clientCertificates, clientOf = addressOf, report, verify = verifyPassword } = options;
  const attempts = new Attempts();
  const known = new KnownGood();
  return async (request, response, next) => {
    const mayShowCertificate = clientCertificates?.() ?? false;
    if (mayShowCertificate && hasCertificate(request.socket)) return next();
    let expected: BasicCredentials | undefined;
    try {
      expected = await basicAuth?.();
    } catch (error) {
      report(error);
      return sendProblem(response, 503, 'The password that this service asks for cannot be read.');
    }
    if (!expected)
      return mayShowCertificate ? sendProblem(response, 403, 'This service asks for a client certificate.') : next();
    const given = credentialsIn(request.headers.authorization);
    if (given === undefined) return challenge(response);
    const proof = known.proofOf(given, expected);
    if (known.isOfConnection(request.socket, proof)) return next();
    const attempt = await attempts.begin(peerOf(clientOf(request)), () => response.destroyed);
    if (!attempt) return tooMany(response);
    let isRight = false;
    try {
      isRight = known.isLast(proof) || (await matches(given, expected, verify));
    } catch (error) {
      report(error);
      return sendProblem(response, 503, 'The password cannot be checked.');
    } finally {
      attempt.end(isRight);
    }
    if (!isRight) return challenge(response);
    known.remember(request.socket, proof);
    next();
  };
}

const addressOf = ({ socket }: IncomingMessage) => socket.remoteAddress ?? '';

const hasCertificate = (socket: Socket | TLSSocket) => 'authorized' in socket && socket.authorized === true;

/** `user:password`, in the bytes that were sent; undefined for anything else. */
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
  sendProblem(response, 429, 'Too many wrong passwords have come from this address, or from everywhere.');
}

/** @throws {Error} when what should be a hash is none, or cannot be worked with. */
async function matches(given: Buffer, expected: BasicCredentials, verify: typeof verifyPassword): Promise<boolean> {
  const { username } = expected;
  // One comparison of user and password together: one answer for both.
  if ('password' in expected) return isSame(digest(given), digest(`${username}:${expected.password.reveal()}`));
  const hash = parsePasswordHash(expected.passwordHash.reveal());
  if (!hash) throw new Error('http.basic_auth.password_hash holds no hash that can be used');
  const colon = given.indexOf(':');
  // The password is checked whatever the user's name is, so that the time does not tell whether there is such a user.
  const isPassword = await verify(given.subarray(colon + 1), hash);
  return isSame(digest(given.subarray(0, Math.max(0, colon))), digest(username)) && isPassword;
}

/** Keyed, so that what is remembered of a password is of no use outside this process. */
const key = randomBytes(32);
const digest = (value: string | Buffer) => createHmac('sha256', key).update(value).digest();
const isSame = (a: Buffer, b: Buffer) => timingSafeEqual(a, b);

/** What was right once need not be worked out again: a scraper comes every few seconds. */
class KnownGood {
  readonly #ofConnection = new WeakMap<Socket, Buffer>();
  #last = Buffer.alloc(0);

  /** Bound to what is expected: after a rotation it holds no more. */
  proofOf(given: Buffer, expected: BasicCredentials): Buffer {
    const secret = 'password' in expected ? [expected.password.reveal()] : ['hash', expected.passwordHash.reveal()];
    return digest(JSON.stringify([given.toString('base64'), expected.username, secret]));
  }

  /** The one that has proven itself on this connection goes on whatever others try. */
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

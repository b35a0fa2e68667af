import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Secret } from '../config/index.ts';
import { sendProblem } from './problem.ts';

export interface BasicCredentials {
  readonly username: string;
  readonly password: Secret;
}

/** Read for every request, so that a rotated password and a reloaded configuration count at once. Undefined: nobody is asked. */
export type BasicAuth = () => Promise<BasicCredentials | undefined>;

/** RFC 7617. A password that cannot be read lets nobody in. */
export function requireBasicAuth(expected: BasicAuth, report: (error: unknown) => void): RequestHandler {
  return async (request, response, next) => {
    let credentials: BasicCredentials | undefined;
    try {
      credentials = await expected();
    } catch (error) {
      report(error);
      return sendProblem(response, 503, 'The password for this service cannot be read, so access is denied.');
    }
    if (!credentials || matches(request.headers.authorization, credentials)) return next();
    response.set('WWW-Authenticate', 'Basic realm="mesh-cert-monitor", charset="UTF-8"');
    sendProblem(response, 401);
  };
}

function matches(header: string | undefined, { username, password }: BasicCredentials): boolean {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return false;
  // One digest of user and password together: equal length for timingSafeEqual, and one answer for both.
  return timingSafeEqual(digest(Buffer.from(encoded, 'base64')), digest(`${username}:${password.reveal()}`));
}

const digest = (value: string | Buffer) => createHash('sha256').update(value).digest();

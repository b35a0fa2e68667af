/** A token of Vault: given, or by AppRole or Kubernetes auth, and renewed by logging in again. */
import { SourceError } from '../error.ts';
import { isToken, readLocalText, readLocalToken } from '../local.ts';
import { StoreUnavailableError } from '../store/driver.ts';
import { ask, statusProblem } from '../store/https.ts';
import type { VaultSettings } from '../types.ts';
import type { Variables } from '../variables.ts';

const store = 'Vault';

export interface Access {
  readonly token: string;
  readonly ca?: string | undefined;
}

export interface Session {
  /** @throws {StoreUnavailableError} */
  get(signal: AbortSignal): Promise<Access>;
  /** This token was refused. @returns whether another one may be accepted: a newer one is there, or it is worth logging in again. */
  refused(token: string): boolean;
  /** What a refused token could not do, a new one could. */
  renewalHelped(): void;
}

export const vaultHeaders = ({ namespace }: VaultSettings, token?: string): Record<string, string> => ({
  // Vault's protection against forged requests, which some proxies in front of it require.
  'x-vault-request': 'true',
  ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
  ...(token === undefined ? {} : { 'x-vault-token': token }),
});

/** A token that ends within this time is not used any more. One with a short life is used for half of it, so that not every call logs in. */
const marginMs = 30_000;

/**
 * A token that is refused may have been revoked, or may not be allowed to read that one secret. Vault does not say which, and each login leaves
 * a token there: logins that do not help become rare.
 */
const firstWaitMs = 60_000;
const longestWaitMs = 60 * 60_000;

export function sessionOf(settings: VaultSettings, env: Variables): Session {
  let login: { readonly token: string; readonly untilMs: number } | undefined;
  let pending: Promise<{ token: string; untilMs: number }> | undefined;
  let waitMs = firstWaitMs;
  let notBeforeMs = 0;
  return {
    async get(signal) {
      const { auth, ca: bundle } = settings;
      const ca = bundle && (await unlessMissing(() => readLocalText(bundle, env)));
      if (auth.kind === 'token') return { token: await unlessMissing(() => readLocalToken(auth.token, env)), ca };
      if (!login || performance.now() > login.untilMs) {
        pending ??= logIn(settings, env, ca, signal).finally(() => {
          pending = undefined;
        });
        login = await pending;
      }
      return { token: login.token, ca };
    },
    refused(token) {
      if (settings.auth.kind === 'token') return false;
      // Calls that were under way together are refused together. The first of them logs in again for all.
      if (login?.token !== token) return true;
      const nowMs = performance.now();
      if (nowMs < notBeforeMs) return false;
      notBeforeMs = nowMs + waitMs;
      waitMs = Math.min(longestWaitMs, 2 * waitMs);
      login = undefined;
      return true;
    },
    renewalHelped() {
      waitMs = firstWaitMs;
      notBeforeMs = 0;
    },
  };
}

async function logIn(settings: VaultSettings, env: Variables, ca: string | undefined, signal: AbortSignal) {
  const { auth } = settings;
  if (auth.kind === 'token') throw new Error('a token needs no login');
  const body =
    auth.kind === 'app_role'
      ? {
          role_id: await unlessMissing(() => readLocalText(auth.roleId, env)),
          secret_id: await unlessMissing(() => readLocalText(auth.secretId, env)),
        }
      : { role: auth.role, jwt: await unlessMissing(() => readLocalText(auth.token, env)) };
  const operation = auth.kind === 'app_role' ? 'AppRole login' : 'Kubernetes login';
  const url = new URL(`/v1/auth/${auth.mount.split('/').map(encodeURIComponent).join('/')}/login`, settings.address);
  const asked = {
    method: 'POST',
    url,
    headers: { ...vaultHeaders(settings), 'content-type': 'application/json' },
    body,
    ca,
  } as const;
  const answer = await ask(store, operation, asked, signal);
  const given = (answer.body as { auth?: { client_token?: unknown; lease_duration?: unknown } } | undefined)?.auth;
  if (answer.status === 200 && given?.client_token !== undefined) {
    if (!isToken(given.client_token))
      throw new StoreUnavailableError({ store, operation, errorClass: 'the token given is not one', kind: 'failed' });
    return { token: given.client_token, untilMs: performance.now() + usableMs(given.lease_duration) };
  }
  const remedy = 'Check `stores.vault.auth`: the role, and the secrets that it names.';
  // A login that Vault refuses is answered with 400.
  const isDenied = answer.status === 400 || answer.status === 403;
  throw new StoreUnavailableError({
    store,
    operation,
    ...(isDenied
      ? { errorClass: `HTTP ${answer.status}`, kind: 'denied' as const, remedy }
      : statusProblem(answer.status, remedy)),
  });
}

/** For how long a token is used. 0 means that it does not end; anything that is not a duration says nothing, and it is used until it is refused. */
export function usableMs(leaseSeconds: unknown): number {
  if (typeof leaseSeconds !== 'number' || !(leaseSeconds > 0)) return Number.POSITIVE_INFINITY;
  const leaseMs = leaseSeconds * 1_000;
  return leaseMs - Math.min(marginMs, leaseMs / 2);
}

/** What a login needs is at hand or not; a reason why not is a reason why there is no answer. */
async function unlessMissing<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new StoreUnavailableError({ store, operation: 'logging in', errorClass: error.message, kind: 'failed' });
  }
}

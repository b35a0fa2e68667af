/** A token of Vault: given, or by AppRole or Kubernetes auth, and renewed by logging in again. */
import { SourceError } from '../error.ts';
import { isToken, readLocalText, readLocalToken } from '../local.ts';
import { StoreUnavailableError } from '../store/driver.ts';
import { ask, statusProblem } from '../store/https.ts';
import type { VaultSettings } from '../types.ts';
import type { Variables } from '../variables.ts';

const store = 'Vault';

export interface Session {
  /** @throws {StoreUnavailableError} */
  get(signal: AbortSignal): Promise<{ readonly token: string; readonly ca?: string | undefined }>;
  /** @returns whether logging in again can bring another token */
  forget(): boolean;
}

export const vaultHeaders = ({ namespace }: VaultSettings, token?: string): Record<string, string> => ({
  // Vault's protection against forged requests, which some proxies in front of it require.
  'x-vault-request': 'true',
  ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
  ...(token === undefined ? {} : { 'x-vault-token': token }),
});

/** A token that ends within this time is not used any more. */
const marginMs = 30_000;

export function sessionOf(settings: VaultSettings, env: Variables): Session {
  let login: { readonly token: string; readonly untilMs: number } | undefined;
  let pending: Promise<{ token: string; untilMs: number }> | undefined;
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
    forget() {
      const had = login !== undefined;
      login = undefined;
      return had;
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
  const given = (answer.body as { auth?: { client_token?: unknown; lease_duration?: number } } | undefined)?.auth;
  if (answer.status === 200 && given?.client_token !== undefined) {
    if (!isToken(given.client_token))
      throw new StoreUnavailableError({ store, operation, errorClass: 'the token given is not one', kind: 'failed' });
    const seconds = given.lease_duration ?? 0;
    // 0: it does not end.
    const untilMs = seconds === 0 ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1_000 - marginMs;
    return { token: given.client_token, untilMs };
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

/** What a login needs is at hand or not; a reason why not is a reason why there is no answer. */
async function unlessMissing<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new StoreUnavailableError({ store, operation: 'logging in', errorClass: error.message, kind: 'failed' });
  }
}

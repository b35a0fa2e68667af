/** One vault of Azure Key Vault. A certificate with its key is handed out as the secret of the same name. */
import { MonitorError } from '../../errors/index.ts';
import { type Item, type StoreDriver, type StoreProblem, StoreUnavailableError } from '../store/driver.ts';
import { once } from '../store/once.ts';
import { loadPackage } from '../store/package.ts';
import { sharedStore } from '../store/shared.ts';
import { Store } from '../store/store.ts';
import type { AzureSettings } from '../types.ts';

export const storeName = 'Azure Key Vault';

/** Key Vault allows 400 reads a second for one vault, and has no call for several secrets. */
const perSecond = 100;

export const vaultStore = (vault: string, settings: AzureSettings): Store =>
  sharedStore('azure', { vault, ...settings }, () => new Store(driver(vault, settings), { perSecond }));

function driver(vault: string, settings: AzureSettings): StoreDriver {
  const connection = once(() => connect(vault, settings));
  return {
    named: { store: storeName, operation: 'GetSecret' },
    readsAtOnce: 1,
    async read([name = ''], signal) {
      const client = await connection();
      try {
        const { value, properties } = await client.getSecret(name, { abortSignal: signal });
        return new Map([[name, itemOf(value ?? '', properties)]]);
      } catch (error) {
        return new Map([[name, azureFailure('GetSecret', error, signal)]]);
      }
    },
  };
}

export async function connect(vault: string, settings: AzureSettings) {
  const credential = await identity(settings);
  const sdk = await loadPackage('@azure/keyvault-secrets', storeName, () => import('@azure/keyvault-secrets'));
  // `Calls` repeats, so that every store is asked by the same rules.
  return new sdk.SecretClient(vault, credential, { retryOptions: { maxRetries: 0 } });
}

/** Only for writing certificates: they are read as secrets. */
export async function connectToCertificates(vault: string, settings: AzureSettings) {
  const credential = await identity(settings);
  const name = '@azure/keyvault-certificates';
  const sdk = await loadPackage(name, storeName, () => import('@azure/keyvault-certificates'));
  return new sdk.CertificateClient(vault, credential, { retryOptions: { maxRetries: 0 } });
}

/** Azure's own default chain: variables, workload identity, managed identity, and a developer's own login. */
export async function identity({ tenantId, clientId, authority }: AzureSettings) {
  const sdk = await loadPackage('@azure/identity', storeName, () => import('@azure/identity'));
  return new sdk.DefaultAzureCredential({
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
    ...(authority === undefined ? {} : { authorityHost: authority }),
  });
}

export const pkcs12 = 'application/x-pkcs12';

function itemOf(
  value: string,
  { version, contentType }: { version?: string | undefined; contentType?: string | undefined },
): Item {
  const known = version === undefined ? {} : { version };
  if (contentType !== pkcs12) return { bytes: Buffer.from(value, 'utf8'), ...known };
  return { bytes: Buffer.from(value, 'base64'), isBinary: true, ...known };
}

interface RestError extends Error {
  readonly statusCode?: number;
  readonly code?: string;
  readonly details?: { readonly error?: { readonly innerError?: { readonly code?: string } } };
}

const permissions =
  'Give the identity of this service the role that `mesh-cert-monitor permissions` prints, and check that the vault’s firewall lets it in.';

/** An answer about the secret, or why there is none. Of an error only its codes are kept. @throws what is a bug */
export function azureFailure(operation: string, thrown: unknown, signal: AbortSignal): Item {
  if (thrown instanceof MonitorError) throw thrown;
  if (!(thrown instanceof Error)) throw thrown;
  const error = thrown as RestError;
  const inner = error.details?.error?.innerError?.code;
  if (error.statusCode === 404) return { refused: 'does not exist', isMissing: true };
  if (inner === 'SecretDisabled' || inner === 'CertificateDisabled')
    return { refused: 'has a current version that is disabled' };
  const problem = classify(error, inner, signal);
  // That the vault refuses one secret says nothing about the others.
  if (problem.kind === 'denied' && error.statusCode !== undefined)
    return { problem: { store: storeName, operation, ...problem } };
  throw new StoreUnavailableError({ store: storeName, operation, ...problem });
}

function classify(
  error: RestError,
  inner: string | undefined,
  signal: AbortSignal,
): Omit<StoreProblem, 'store' | 'operation'> {
  const { statusCode, code, name } = error;
  if (signal.aborted) return { errorClass: 'no answer in time', kind: 'unreachable' };
  if (/Authentication|CredentialUnavailable/.test(name))
    return { errorClass: name, kind: 'denied', remedy: permissions };
  const errorClass = [inner ?? code ?? name, ...(statusCode === undefined ? [] : [`HTTP ${statusCode}`])].join(', ');
  if (statusCode === 401 || statusCode === 403) return { errorClass, kind: 'denied', remedy: permissions };
  if (statusCode === 429) return { errorClass, kind: 'throttled' };
  if (statusCode === undefined || statusCode >= 500) return { errorClass, kind: 'unreachable' };
  return { errorClass, kind: 'failed' };
}

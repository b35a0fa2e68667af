/** What both AWS services share: settings of the client, and what its errors mean. */
import { type StoreProblem, StoreUnavailableError } from '../store/driver.ts';
import { missingPermission } from '../store/writer.ts';
import type { AwsSettings } from '../types.ts';

/** One attempt only: `Calls` repeats, so that every store is asked by the same rules. */
export const clientSettings = ({ region, endpoint, profile }: AwsSettings) => ({
  ...(region === undefined ? {} : { region }),
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(profile === undefined ? {} : { profile }),
  maxAttempts: 1,
});

const throttling = /Throttl|TooManyRequests|RequestLimitExceeded|TooManyUpdates/;
const denied =
  /AccessDenied|UnrecognizedClient|InvalidClientToken|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|NotAuthorized|OptInRequired|CredentialsProvider|TokenProvider|KMSAccessDenied|DecryptionFailure|InvalidKeyId/;

const permissions =
  'Give this service the permissions that `mesh-cert-monitor permissions` prints, and check which identity it runs as (task role, instance profile or IRSA).';

/** Of a call that writes, or reads in order to write: which permission is missing, if that is why it failed. */
export const permissionToWrite = (problem: StoreProblem, action: string): StoreProblem =>
  problem.kind === 'denied' ? { ...problem, remedy: missingPermission(action) } : problem;

/** Of an error, only its class is kept: AWS repeats in some messages what it was sent. */
export function awsProblem(
  store: string,
  operation: string,
  error: unknown,
  signal: AbortSignal,
): StoreUnavailableError {
  return new StoreUnavailableError({ store, operation, ...classify(error, signal) });
}

function classify(error: unknown, signal: AbortSignal): Omit<StoreProblem, 'store' | 'operation'> {
  if (!(error instanceof Error)) return { errorClass: 'unknown', kind: 'failed' };
  if (signal.aborted) return { errorClass: 'no answer in time', kind: 'unreachable' };
  const { name, code } = error as NodeJS.ErrnoException;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (error.message === 'Region is missing')
    return { errorClass: 'no region', kind: 'failed', remedy: 'Set `stores.aws.region`, or the variable AWS_REGION.' };
  // The SDK calls some of them a timeout that are none.
  if (code !== undefined && /^E[A-Z_]+$/.test(code)) return { errorClass: code, kind: 'unreachable' };
  if (status === 429) return { errorClass: name, kind: 'throttled' };
  const named = problemNamed(name);
  if (named.kind !== 'failed') return named;
  return status !== undefined && status >= 500 ? { errorClass: name, kind: 'unreachable' } : named;
}

/** From the class of an error alone. */
export function problemNamed(errorClass: string): Omit<StoreProblem, 'store' | 'operation'> {
  if (throttling.test(errorClass)) return { errorClass, kind: 'throttled' };
  if (denied.test(errorClass)) return { errorClass, kind: 'denied', remedy: permissions };
  return { errorClass, kind: /^(Timeout|InternalS|ServiceUnav)/.test(errorClass) ? 'unreachable' : 'failed' };
}

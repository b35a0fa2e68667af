/** `{ aws_secret: ID, json_key: K }`: the current version of a secret of AWS Secrets Manager. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Item, type StoreDriver, StoreUnavailableError } from '../store/driver.ts';
import { jsonValue } from '../store/json-value.ts';
import { once } from '../store/once.ts';
import { loadPackage } from '../store/package.ts';
import { storeReader } from '../store/reader.ts';
import { sharedStore } from '../store/shared.ts';
import { Store } from '../store/store.ts';
import type { AwsSettings } from '../types.ts';
import { addedCharacters } from './arn.ts';
import { awsProblem, clientSettings, problemNamed } from './client.ts';

const storeName = 'AWS Secrets Manager';

export const awsSecret = storeReader<'aws_secret'>({
  place: ({ id, store }) => ({ name: id, store: sharedStore('aws_secret', store, () => new Store(driver(store))) }),
  pick: (item, { jsonKey }) => (jsonKey === undefined ? item.bytes : jsonValue(item, jsonKey)),
});

interface Value {
  readonly ARN?: string | undefined;
  readonly Name?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

function driver(settings: AwsSettings): StoreDriver {
  const connection = once(() => connect(settings));
  /** Not everyone who may read a secret may read several at once. */
  let batchRefused: StoreUnavailableError | undefined;
  let readsSingly = false;
  async function readOne(id: string, signal: AbortSignal): Promise<Item> {
    try {
      const item = await (await connection()).readOne(id, signal);
      readsSingly ||= 'bytes' in item;
      return item;
    } catch (error) {
      // As long as nothing can be read, batches are what costs least.
      if (isDenied(error) && !readsSingly) batchRefused = undefined;
      throw error;
    }
  }
  return {
    named: { store: storeName, operation: 'BatchGetSecretValue' },
    get readsAtOnce() {
      return batchRefused ? 1 : mostInBatch;
    },
    async read(names, signal) {
      const { readBatch } = await connection();
      if (!batchRefused) {
        try {
          return await readBatch(names, signal);
        } catch (error) {
          if (!isDenied(error)) throw error;
          batchRefused = error;
        }
      }
      const [id = ''] = names;
      if (names.length > 1) throw batchRefused;
      return new Map([[id, await readOne(id, signal)]]);
    },
  };
}

/** The most that BatchGetSecretValue takes. */
const mostInBatch = 20;

const isDenied = (error: unknown): error is StoreUnavailableError =>
  error instanceof StoreUnavailableError && error.problem.kind === 'denied';

async function connect(settings: AwsSettings) {
  const name = '@aws-sdk/client-secrets-manager';
  const sdk = await loadPackage(name, storeName, () => import('@aws-sdk/client-secrets-manager'));
  const client: SecretsManagerClient = new sdk.SecretsManagerClient(clientSettings(settings));

  async function readBatch(names: readonly string[], signal: AbortSignal): Promise<Map<string, Item>> {
    const command = new sdk.BatchGetSecretValueCommand({ SecretIdList: [...names] });
    const { SecretValues = [], Errors = [] } = await client.send(command, { abortSignal: signal }).catch((error) => {
      throw awsProblem(storeName, 'BatchGetSecretValue', error, signal);
    });
    const failed = Errors.flatMap(({ SecretId = '', ErrorCode = '' }) => [[SecretId, itemFor(ErrorCode)] as const]);
    // Asked for by name or by ARN, with or without the characters that AWS adds to it, and answered with name and whole ARN.
    const read = SecretValues.map((value) => ({ ...value, item: itemOf(value) }));
    return new Map([
      ...failed,
      ...read.map(({ ARN = '', item }) => [ARN.replace(addedCharacters, ''), item] as const),
      ...read.flatMap(({ ARN = '', Name = '', item }) => [[Name, item] as const, [ARN, item] as const]),
    ]);
  }

  async function readOne(id: string, signal: AbortSignal): Promise<Item> {
    try {
      return itemOf(await client.send(new sdk.GetSecretValueCommand({ SecretId: id }), { abortSignal: signal }));
    } catch (error) {
      const failure = awsProblem(storeName, 'GetSecretValue', error, signal);
      const refused = refusals[failure.problem.errorClass];
      if (refused) return refused;
      throw failure;
    }
  }

  return { readBatch, readOne };
}

function itemOf({ SecretString, SecretBinary, VersionId }: Value): Item {
  const version = VersionId === undefined ? {} : { version: VersionId };
  if (SecretString !== undefined) return { bytes: Buffer.from(SecretString, 'utf8'), ...version };
  return { bytes: Buffer.from(SecretBinary ?? []), isBinary: true, ...version };
}

/** The store answered, and there is nothing to use. */
const refusals: Readonly<Record<string, Item>> = {
  ResourceNotFoundException: { refused: 'does not exist', isMissing: true },
  InvalidRequestException: { refused: 'is scheduled for deletion', isMissing: true },
};

const itemFor = (errorCode: string): Item =>
  refusals[errorCode] ?? {
    problem: { store: storeName, operation: 'BatchGetSecretValue', ...problemNamed(errorCode) },
  };

/** `{ aws_ssm: NAME }`: a parameter of AWS Systems Manager Parameter Store. */
import type { Item, StoreDriver } from '../store/driver.ts';
import { once } from '../store/once.ts';
import { loadPackage } from '../store/package.ts';
import { storeReader } from '../store/reader.ts';
import { sharedStore } from '../store/shared.ts';
import { Store } from '../store/store.ts';
import type { AwsSettings } from '../types.ts';
import { awsProblem, clientSettings } from './client.ts';

const storeName = 'AWS Systems Manager Parameter Store';

export const awsSsm = storeReader<'aws_ssm'>({
  place: ({ name, store }) => ({ name, store: sharedStore('aws_ssm', store, () => new Store(driver(store))) }),
});

/** The most that GetParameters takes. */
const readsAtOnce = 10;

function driver(settings: AwsSettings): StoreDriver {
  const connection = once(() => connect(settings));
  return {
    named: { store: storeName, operation: 'GetParameters' },
    readsAtOnce,
    read: async (names, signal) => (await connection()).read(names, signal),
    versions: {
      // The most values of one filter of DescribeParameters.
      asksAtOnce: 50,
      ask: async (names, signal) => (await connection()).versions(names, signal),
    },
  };
}

async function connect(settings: AwsSettings) {
  const sdk = await loadPackage('@aws-sdk/client-ssm', storeName, () => import('@aws-sdk/client-ssm'));
  const client = new sdk.SSMClient(clientSettings(settings));
  return {
    async read(names: readonly string[], signal: AbortSignal): Promise<Map<string, Item>> {
      const command = new sdk.GetParametersCommand({ Names: [...names], WithDecryption: true });
      const { Parameters = [] } = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
        throw awsProblem(storeName, 'GetParameters', error, signal);
      });
      // A parameter of another account is asked for by its ARN, and answered with its name as well.
      const found = Parameters.flatMap(({ Name, ARN, Value = '', Version, Type }) => {
        const item: Item = {
          bytes: Buffer.from(Value, 'utf8'),
          ...(Version === undefined ? {} : { version: String(Version) }),
          ...(Type === 'SecureString' ? {} : { isPlain: true }),
        };
        return [Name, ARN].flatMap((name) => (name === undefined ? [] : [[name, item] as const]));
      });
      return new Map(found);
    },
    async versions(names: readonly string[], signal: AbortSignal): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      // It answers in pages, of whatever size. More of them than it takes to read everything would save nothing.
      const mostPages = Math.ceil(names.length / readsAtOnce);
      for (let NextToken: string | undefined, page = 0; page < mostPages; page += 1) {
        const command = new sdk.DescribeParametersCommand({
          ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [...names] }],
          MaxResults: 50,
          ...(NextToken === undefined ? {} : { NextToken }),
        });
        const answer = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
          throw awsProblem(storeName, 'DescribeParameters', error, signal);
        });
        for (const { Name, Version } of answer.Parameters ?? [])
          if (Name !== undefined && Version !== undefined) found.set(Name, String(Version));
        NextToken = answer.NextToken;
        if (NextToken === undefined || found.size === names.length) break;
      }
      return found;
    },
  };
}

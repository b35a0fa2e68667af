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

/** An ARN, or a name with a selector (a version or a label). DescribeParameters refuses a list that contains one. */
const isRefinedName = (name: string): boolean => name.includes(':');

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
      const answer = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
        throw awsProblem(storeName, 'GetParameters', error, signal);
      });
      return itemsOf(names, answer);
    },
    async versions(asked: readonly string[], signal: AbortSignal): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      const names = asked.filter((name) => !isRefinedName(name));
      if (names.length === 0) return found;
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

interface Answer {
  readonly Parameters?: readonly Parameter[] | undefined;
  readonly InvalidParameters?: readonly string[] | undefined;
}
interface Parameter {
  readonly Name?: string | undefined;
  readonly ARN?: string | undefined;
  /** `:3` or `:label`, if one was asked for. */
  readonly Selector?: string | undefined;
  readonly Value?: string | undefined;
  readonly Version?: number | undefined;
  readonly Type?: string | undefined;
}

/** By what was asked for: a name, or an ARN for a parameter of another account, each with or without a selector. */
function itemsOf(asked: readonly string[], { Parameters = [], InvalidParameters = [] }: Answer): Map<string, Item> {
  const all = Parameters.map(({ Name = '', ARN = '', Selector = '', Value = '', Version, Type }) => ({
    bases: [Name, ARN],
    names: [Name + Selector, ARN + Selector],
    item: {
      bytes: Buffer.from(Value, 'utf8'),
      ...(Version === undefined ? {} : { version: String(Version) }),
      ...(Type === 'SecureString' ? {} : { isPlain: true as const }),
    },
  }));
  const found = new Map<string, Item>(all.flatMap(({ names, item }) => names.map((name) => [name, item] as const)));
  const unnamed = asked.filter((name) => !found.has(name) && !InvalidParameters.includes(name));
  for (const name of unnamed) {
    // Servers that only behave like AWS leave the selector out.
    const same = all.filter(({ bases }) => bases.some((base) => base !== '' && name.startsWith(`${base}:`)));
    if (same.length === 1 && same[0]) found.set(name, same[0].item);
  }
  return found;
}

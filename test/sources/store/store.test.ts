import { expect, test } from 'vitest';
import { ResourceShortageError } from '../../../src/shortage/index.ts';
import {
  type Item,
  type StoreDriver,
  type StoreProblem,
  StoreUnavailableError,
} from '../../../src/sources/store/driver.ts';
import { keepOnly, sharedStore } from '../../../src/sources/store/shared.ts';
import { Store } from '../../../src/sources/store/store.ts';

const problem = (kind: StoreProblem['kind'], errorClass = 'ThrottlingException'): StoreProblem => ({
  store: 'Test store',
  operation: 'Read',
  errorClass,
  kind,
});
const named = { store: 'Test store', operation: 'Read' };
const quick = { retryMs: 1, pauseMs: 0, perSecond: 100_000 };

/** A store that keeps what it is told, and counts what it is asked. */
function fake(options: { readonly size?: number; readonly versions?: boolean } = {}) {
  const content = new Map<string, Item>();
  const calls: string[][] = [];
  const asked: string[][] = [];
  let failing: ((names: readonly string[]) => StoreProblem | undefined) | undefined;
  const fail = (names: readonly string[]) => {
    const found = failing?.(names);
    if (found) throw new StoreUnavailableError(found);
  };
  const driver: StoreDriver = {
    named,
    readsAtOnce: options.size ?? 10,
    async read(names) {
      calls.push([...names]);
      fail(names);
      return new Map(names.flatMap((name) => (content.has(name) ? [[name, content.get(name) as Item]] : [])));
    },
    ...(options.versions && {
      versions: {
        asksAtOnce: 50,
        async ask(names) {
          asked.push([...names]);
          fail(names);
          return new Map(
            names.flatMap((name) => {
              const item = content.get(name);
              return item && 'version' in item && item.version !== undefined ? [[name, item.version] as const] : [];
            }),
          );
        },
      },
    }),
  };
  let version = 0;
  return {
    driver,
    calls,
    asked,
    put(name: string, text: string) {
      version += 1;
      content.set(name, { bytes: Buffer.from(text), version: String(version) });
    },
    remove: (name: string) => content.delete(name),
    failWith(when: typeof failing) {
      failing = when;
    },
  };
}

const textOf = async (store: Store, name: string) => {
  const { item } = await store.get(name);
  return item && 'bytes' in item ? item.bytes.toString() : item;
};

test('what is wanted at the same time is read in one call, and then not again', async () => {
  const { driver, calls, put } = fake();
  const store = new Store(driver, quick);
  put('a', '1');
  put('b', '2');
  expect(await Promise.all(['a', 'b', 'a'].map((name) => textOf(store, name)))).toEqual(['1', '2', '1']);
  expect(await textOf(store, 'a')).toBe('1');
  expect(calls).toEqual([['a', 'b']]);
});

test('a refresh reads again, and whoever asks meanwhile gets what it brings', async () => {
  const { driver, put } = fake();
  const store = new Store(driver, quick);
  put('a', 'old');
  await store.get('a');
  put('a', 'new');
  expect(await textOf(store, 'a')).toBe('old');
  const refreshed = store.refresh([['a']]);
  expect(await textOf(store, 'a')).toBe('new');
  await refreshed;
});

test('1,000 environments cost one call for ten items, and none when the versions are the same', async () => {
  const { driver, calls, asked, put } = fake({ versions: true });
  const store = new Store(driver, quick);
  const groups = Array.from({ length: 1_000 }, (_, index) => [
    ['certificate', 'key', 'passphrase', 'bundle'].map((part) => `/${index}/${part}`),
    [`/${index}/password`],
  ]).flat();
  for (const name of groups.flat()) put(name, name);
  await store.refresh(groups);
  expect(calls.length).toBe(500);
  await store.refresh(groups);
  expect(calls.length).toBe(500);
  expect(asked.length).toBe(100);
  put('/7/key', 'rotated');
  await store.refresh(groups);
  expect(calls.slice(500)).toEqual([['/7/key']]);
  expect(await textOf(store, '/7/key')).toBe('rotated');
});

test('who may not ask for versions reads everything, and does not ask twice', async () => {
  const { driver, asked, calls, put, failWith } = fake({ versions: true });
  const denied: StoreDriver = {
    ...driver,
    versions: {
      asksAtOnce: 50,
      async ask(names) {
        asked.push([...names]);
        throw new StoreUnavailableError(problem('denied', 'AccessDeniedException'));
      },
    },
  };
  failWith(undefined);
  const store = new Store(denied, quick);
  put('a', '1');
  for (let cycle = 0; cycle < 3; cycle += 1) await store.refresh([['a']]);
  expect(asked.length).toBe(1);
  expect(calls.length).toBe(3);
});

test('a store that is down: the last answer stays, with the reason', async () => {
  const { driver, put, failWith } = fake();
  const store = new Store(driver, quick);
  put('a', '1');
  await store.get('a');
  failWith(() => problem('unreachable', 'ECONNREFUSED'));
  await store.refresh([['a', 'never-read']]);
  expect(await store.get('a')).toMatchObject({ item: { version: '1' }, problem: { errorClass: 'ECONNREFUSED' } });
  expect(await store.get('never-read')).toEqual({ problem: problem('unreachable', 'ECONNREFUSED') });
  failWith(undefined);
  await store.refresh([['a']]);
  expect((await store.get('a')).problem).toBeUndefined();
});

test('an item that is gone is missing, whatever was read before', async () => {
  const { driver, put, remove } = fake({ versions: true });
  const store = new Store(driver, quick);
  put('a', '1');
  await store.get('a');
  remove('a');
  await store.refresh([['a']]);
  expect(await store.get('a')).toEqual({ item: { refused: 'does not exist', isMissing: true } });
});

test('throttling is waited out', async () => {
  const { driver, calls, put, failWith } = fake();
  const store = new Store(driver, quick);
  put('a', '1');
  failWith(() => (calls.length < 3 ? problem('throttled') : undefined));
  expect(await textOf(store, 'a')).toBe('1');
  expect(calls.length).toBe(3);
});

test('a store that is down is asked once in a while, and not for every item', async () => {
  const { driver, calls, failWith } = fake({ size: 1 });
  const store = new Store(driver, { ...quick, pauseMs: 60_000, attempts: 2 });
  failWith(() => problem('unreachable', 'ECONNREFUSED'));
  const names = Array.from({ length: 100 }, (_, index) => String(index));
  await store.refresh([names]);
  // Two attempts of the four calls that were under way.
  expect(calls.length).toBeLessThanOrEqual(8);
  for (const name of names) expect((await store.get(name)).problem?.errorClass).toBe('ECONNREFUSED');
});

test('one forbidden item does not keep the others from being read', async () => {
  const { driver, put, failWith, calls } = fake();
  const store = new Store(driver, quick);
  for (const name of 'abcdefgh') put(name, name);
  failWith((names) => (names.includes('f') ? problem('denied', 'AccessDeniedException') : undefined));
  await store.refresh([[...'abcdefgh']]);
  for (const name of 'abcdegh') expect(await textOf(store, name)).toBe(name);
  expect((await store.get('f')).problem?.kind).toBe('denied');
  expect(calls.length).toBeLessThanOrEqual(7);
});

test('where nothing is allowed, not every item is asked for by itself', async () => {
  const { driver, failWith, calls } = fake();
  const store = new Store(driver, quick);
  failWith(() => problem('denied', 'AccessDeniedException'));
  const names = Array.from({ length: 1_000 }, (_, index) => String(index));
  await store.refresh([names]);
  expect(calls.length).toBeLessThan(250);
  expect((await store.get('999')).problem?.kind).toBe('denied');
});

test('calls are paced', async () => {
  const { driver, put } = fake({ size: 1 });
  const store = new Store(driver, { perSecond: 50 });
  const names = [...'abcdefghijk'];
  for (const name of names) put(name, name);
  const startedAtMs = performance.now();
  await store.refresh([names]);
  // Eleven calls, ten gaps of 20 ms.
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(195);
});

test('an answer that does not come in time is given up', async () => {
  const driver: StoreDriver = {
    named,
    readsAtOnce: 10,
    read: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () =>
          reject(new StoreUnavailableError(problem('unreachable', 'no answer in time'))),
        );
      }),
  };
  const store = new Store(driver, { ...quick, deadlineMs: 30 });
  expect((await store.get('a')).problem?.errorClass).toBe('no answer in time');
});

test('a bug in a driver is not taken for a store that is down: it is the problem of what was asked for, without its message', async () => {
  const { driver, calls, put } = fake({ versions: true });
  const failing: StoreDriver = {
    ...driver,
    async read(names, signal) {
      if (!names.includes('c')) return driver.read(names, signal);
      calls.push([...names]);
      throw new TypeError('planted-value');
    },
    versions: { asksAtOnce: 50, ask: () => Promise.reject(new RangeError('planted-value')) },
  };
  const store = new Store(failing, { ...quick, pauseMs: 60_000 });
  for (const name of 'abd') put(name, name);
  await store.refresh([[...'abcd']]);
  await store.refresh([[...'abcd']]);
  for (const name of 'abd') expect(await textOf(store, name)).toBe(name);
  // Neither repeated nor paused, as a store that is down would be.
  expect(await store.get('c')).toEqual({ problem: { ...named, errorClass: 'TypeError', kind: 'failed' } });
  expect(calls.filter((names) => names.join() === 'c').length).toBe(2);
});

test('a shortage in this process is nobody’s problem but of who needs the item, and nothing is remembered of it', async () => {
  const { driver, put } = fake();
  let isShort = false;
  const lacking: StoreDriver = {
    ...driver,
    read: (names, signal) =>
      isShort ? Promise.reject(new ResourceShortageError('no descriptors')) : driver.read(names, signal),
  };
  const store = new Store(lacking, quick);
  put('a', '1');
  await store.get('a');
  isShort = true;
  await store.refresh([['a', 'b']]);
  expect(await textOf(store, 'a')).toBe('1');
  await expect(store.get('b')).rejects.toThrow(ResourceShortageError);
  isShort = false;
  put('b', '2');
  expect(await textOf(store, 'b')).toBe('2');
});

test('what no source names any more is forgotten, and a store that none is in as well', async () => {
  const [kept, gone] = [fake(), fake()];
  for (const { put } of [kept, gone]) for (const name of ['a', 'b']) put(name, `planted-${name}`);
  const make = ({ driver }: typeof kept) => new Store(driver, quick);
  const settings = { test: 'forgotten' };
  const store = sharedStore('kept', settings, () => make(kept));
  const other = sharedStore('gone', settings, () => make(gone));
  for (const each of [store, other]) for (const name of ['a', 'b']) await each.get(name);
  kept.calls.length = 0;
  keepOnly([{ store, name: 'a' }]);
  await store.get('a');
  expect(kept.calls).toEqual([]);
  await store.get('b');
  expect(kept.calls).toEqual([['b']]);
  expect(sharedStore('kept', settings, () => make(kept))).toBe(store);
  expect(sharedStore('gone', settings, () => make(gone))).not.toBe(other);
});

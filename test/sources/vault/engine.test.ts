import { expect, test } from 'vitest';
import { otherEngine } from '../../../src/sources/vault/engine.ts';

const version2 = { type: 'kv', options: { version: '2' } };

test.each([
  ['KV version 2', 200, version2, undefined],
  ['KV version 2 at the first part of the path', 200, { ...version2, path: 'teams/' }, undefined],
  [
    'KV version 2 deeper',
    200,
    { ...version2, path: 'teams/kv/' },
    'is in the engine teams/kv: write `stores.vault.mount: teams/kv`',
  ],
  ['KV version 2 at a place that was not asked for', 200, { ...version2, path: 'planted/' }, undefined],
  ['KV version 1', 200, { type: 'kv', options: { version: '1' } }, 'is in a KV engine of version 1'],
  ['KV without options, as old servers made it', 200, { type: 'kv', options: null }, 'is in a KV engine of version 1'],
  ['its name in old servers', 200, { type: 'generic' }, 'is in a KV engine of version 1'],
  ['another engine', 200, { type: 'pki', options: null }, 'is not in a KV engine'],
  ['nothing that this token may know', 403, undefined, undefined],
  ['an answer that says nothing', 200, {}, undefined],
])('vault: the engine of a path is %s', (_, status, data, says) => {
  const refused = otherEngine('teams/kv/mesh', {}, { status, body: { data } });
  if (says === undefined) expect(refused).toBeUndefined();
  else expect(refused).toContain(says);
});

test('vault: an engine that is where the configuration says is the right one', () => {
  const answer = { status: 200, body: { data: { ...version2, path: 'teams/kv/' } } };
  expect(otherEngine('teams/kv/mesh', { mount: 'teams/kv' }, answer)).toBeUndefined();
});

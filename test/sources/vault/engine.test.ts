import { expect, test } from 'vitest';
import { otherEngine } from '../../../src/sources/vault/engine.ts';

test.each([
  ['KV version 2', 200, { type: 'kv', options: { version: '2' } }, undefined],
  ['KV version 1', 200, { type: 'kv', options: { version: '1' } }, 'is in a KV engine of version 1'],
  ['KV without options, as old servers made it', 200, { type: 'kv', options: null }, 'is in a KV engine of version 1'],
  ['its name in old servers', 200, { type: 'generic' }, 'is in a KV engine of version 1'],
  ['another engine', 200, { type: 'pki', options: null }, 'is not in a KV engine'],
  ['nothing that this token may know', 403, undefined, undefined],
  ['an answer that says nothing', 200, {}, undefined],
])('vault: %s', (_, status, data, says) => {
  const refused = otherEngine(status, { data });
  if (says === undefined) expect(refused).toBeUndefined();
  else expect(refused).toContain(says);
});

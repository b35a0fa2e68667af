import { expect, test } from 'vitest';
import { vaultPlace } from '../../../src/sources/vault/path.ts';

test.each([
  ['kv/mesh/int', undefined, 'kv/data/mesh/int'],
  ['teams/kv/mesh', undefined, 'teams/data/kv/mesh'],
  ['teams/kv/mesh', 'teams/kv', 'teams/kv/data/mesh'],
  ['teams/kv2/mesh', 'teams/kv', 'teams/data/kv2/mesh'],
  ['teams/kv', 'teams/kv', 'teams/data/kv'],
])('vault: the data of %s, with the mount %s, is %s', (path, mount, data) => {
  expect(vaultPlace(path, mount === undefined ? {} : { mount }).data).toBe(data);
});

test('vault: in a URL each part of a path is one', () => {
  expect(vaultPlace('teams/kv/été?/a b', { mount: 'teams/kv' })).toEqual({
    data: 'teams/kv/data/été?/a b',
    dataUrl: 'teams/kv/data/%C3%A9t%C3%A9%3F/a%20b',
    metadataUrl: 'teams/kv/metadata/%C3%A9t%C3%A9%3F/a%20b',
    engineUrl: 'sys/internal/ui/mounts/teams/kv/%C3%A9t%C3%A9%3F/a%20b',
  });
});

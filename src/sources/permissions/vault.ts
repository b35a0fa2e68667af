import { joined, say } from '../../text/index.ts';
import type { StoreSource } from '../types.ts';
import { vaultPlace } from '../vault/path.ts';
import { distinct, ofKind, type Policy } from './policy.ts';

export function vaultPolicy(sources: readonly StoreSource[], written: readonly StoreSource[]): Policy[] {
  const pathsOf = (all: readonly StoreSource[]) =>
    distinct(ofKind(all, 'vault').map(({ path, store }) => vaultPlace(path, store).data));
  const [paths, newPaths] = [pathsOf(sources), new Set(pathsOf(written))];
  // `update`: where the current version was deleted, and for the command that goes back.
  const capabilities = (path: string) => (newPaths.has(path) ? '["create", "patch", "read", "update"]' : '["read"]');
  if (paths.length === 0) return [];
  const text = joined(
    paths.map((path) => say`path ${JSON.stringify(path)} {\n  capabilities = ${capabilities(path)}\n}`),
    '\n',
  );
  return [{ store: 'vault', title: 'Vault: a policy for the role or token of this service', text, value: text }];
}

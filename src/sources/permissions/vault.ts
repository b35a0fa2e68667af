import { joined, say } from '../../text/index.ts';
import type { StoreSource } from '../types.ts';
import { distinct, ofKind, type Policy } from './policy.ts';

export function vaultPolicy(sources: readonly StoreSource[]): Policy[] {
  const paths = distinct(ofKind(sources, 'vault').map(({ path }) => path.replace('/', '/data/')));
  if (paths.length === 0) return [];
  const text = joined(
    paths.map((path) => say`path ${JSON.stringify(path)} {\n  capabilities = ["read"]\n}`),
    '\n',
  );
  return [{ store: 'vault', title: 'Vault: a policy for the role or token of this service', text, value: text }];
}

import { say } from '../../text/index.ts';
import type { VaultSettings } from '../types.ts';
import { splitPath } from './path.ts';

interface Engine {
  readonly type?: unknown;
  readonly options?: { readonly version?: unknown } | null;
  /** With a slash at the end. */
  readonly path?: unknown;
}

/**
 * Pure.
 * @param whole with its mount
 * @param status and `body`: what Vault says about the engine of this path
 * @returns why it is not where we look; undefined if it is, or if Vault does not say. Continues a sentence that begins with the place.
 */
export function otherEngine(
  whole: string,
  settings: Pick<VaultSettings, 'mount'>,
  { status, body }: { readonly status: number; readonly body: unknown },
): string | undefined {
  const engine = (body as { data?: Engine } | undefined)?.data;
  if (status !== 200 || typeof engine?.type !== 'string') return undefined;
  const version1 = 'is in a KV engine of version 1, and only version 2 is supported';
  if (engine.type !== 'kv') return engine.type === 'generic' ? version1 : 'is not in a KV engine';
  if (engine.options?.version !== '2') return version1;
  // What is shown is of the configuration, and not what the server says.
  const mount = String(engine.path).replace(/\/$/, '');
  if (mount === splitPath(whole, settings).mount || !whole.startsWith(`${mount}/`)) return undefined;
  return say`is in the engine ${mount}: write \`stores.vault.mount: ${mount}\``;
}

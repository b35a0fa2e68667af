/**
 * @param status and `body`: what Vault says about the engine of a path
 * @returns why its secrets are not of this kind; undefined if they are, or if Vault does not say. Continues a sentence that begins with the place.
 */
export function otherEngine(status: number, body: unknown): string | undefined {
  const mount = (body as { data?: { type?: unknown; options?: { version?: unknown } | null } } | undefined)?.data;
  if (status !== 200 || typeof mount?.type !== 'string') return undefined;
  if (mount.type === 'kv' && mount.options?.version === '2') return undefined;
  return mount.type === 'kv' || mount.type === 'generic'
    ? 'is in a KV engine of version 1, and only version 2 is supported'
    : 'is not in a KV engine';
}

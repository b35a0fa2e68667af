import type { TLSSocket } from 'node:tls';

/**
 * Everything that the server presented, in its order, including certificates outside the path. Node reads it with getPeerX509Certificate(), which
 * empties the session's chain and leaks memory (11 kB a time in Node 24), so each chain is read once and remembered by `key`. Only for servers that
 * are not trusted: for one that is, only the path matters.
 */
export function presentedBy(tls: TLSSocket, key: string): readonly Buffer[] {
  const before = remembered.get(key);
  if (before) return before;
  const presented: Buffer[] = [];
  for (let each = tls.getPeerX509Certificate(); each; each = each.issuerCertificate) presented.push(each.raw);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, presented);
  return presented;
}

const remembered = new Map<string, readonly Buffer[]>();
const mostRemembered = 256;

import type { TLSSocket } from 'node:tls';

/**
 * Everything the server presented, in its order, also what did not issue anything else. Node reads it off with getPeerX509Certificate(), which empties
 * the session's chain as it goes and loses the memory (Node 24: 11 kB a time), so each chain is read once and remembered by `key`. For a server
 * that is not believed; of one that is, the path is all that matters.
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

/** How many steps each certificate of a bundle is below its root. */

export interface Link<Node> {
  readonly issuer: Node;
  readonly issued: Node;
}

/** Steps from the top. One round per node is enough for every real chain, and stops circles of cross-certificates. */
export function depthsOf<Node>(nodes: readonly Node[], links: readonly Link<Node>[]): ReadonlyMap<Node, number> {
  const depths = new Map(nodes.map((node) => [node, 0]));
  for (let round = 0, changed = true; changed && round < nodes.length; round += 1) {
    changed = false;
    for (const { issuer, issued } of links) {
      const deeper = Math.min((depths.get(issuer) ?? 0) + 1, nodes.length);
      if ((depths.get(issued) ?? 0) >= deeper) continue;
      depths.set(issued, deeper);
      changed = true;
    }
  }
  return depths;
}

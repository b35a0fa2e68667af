import { type Certificate, firstToExpire } from '../x509/index.ts';
import { findPath } from './path.ts';

/** Each step costs a search, and no bundle is honest that needs as many. */
const maximumSteps = 4;
/** The finest grain that validity has. */
const secondMs = 1000;

/**
 * Where another path holds as soon as a CA of one has ended, nobody needs to do anything. Follows the paths that take over from each
 * other, and returns the one that nothing follows, or that reaches `until`.
 * @param path one that holds, client first
 */
export function lastPath(
  path: readonly Certificate[],
  bundle: readonly Certificate[],
  until: Date,
): readonly Certificate[] {
  const [client, ...issuers] = path;
  let last = path;
  let end = firstToExpire(issuers)?.notAfter;
  for (let step = 0; client && end && end < until && step < maximumSteps; step += 1) {
    const next = findPath(client, bundle, new Date(end.getTime() + secondMs));
    if (!next.holds) break;
    last = next.path;
    end = firstToExpire(last.slice(1))?.notAfter;
  }
  return last;
}

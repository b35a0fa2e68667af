import { type Certificate, firstToExpire } from '../x509/index.ts';
import { findPath } from './path.ts';

/** Each step costs a search, and no real bundle needs this many. */
const maximumSteps = 4;
/** The precision of validity. */
const secondMs = 1000;

/**
 * If another path holds as soon as a CA on this one expires, nobody needs to do anything. Follows the paths that take over from each
 * other, and returns the last one, or the first that reaches `until`.
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

import { plural } from '../../text/index.ts';
import { labelOf } from '../label.ts';
import type { PathRule } from './rule.ts';

/** RFC 5280 §6.1.4 (l), (m): no more CAs below a CA than it allows; self-issued certificates and the last one on the path do not count. */
export const pathLengthFailures: PathRule = ({ path }) =>
  path.slice(1).flatMap((issuer, index) => {
    const limit = issuer.basicConstraints?.pathLength;
    if (limit === undefined) return [];
    const below = path.slice(1, index + 1).filter((each) => !each.selfIssued).length;
    if (below <= limit) return [];
    const message = `${labelOf(issuer)} allows ${limit === 0 ? 'no CA' : `at most ${plural(limit, 'CA')}`} below it, and this path has ${below}.`;
    return [{ code: 'chain_path_length_exceeded', certificate: issuer, message }];
  });

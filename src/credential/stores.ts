/** Stores that do not answer. */
import { problemText } from '../config/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import type { CredentialContent, PartContent } from './snapshot.ts';
import type { DeployedCredential } from './types.ts';

/** The same object if nothing has changed. */
export function withStoreProblems(credential: DeployedCredential, content: CredentialContent): DeployedCredential {
  const before = credential.storeProblems ?? [];
  const now = storeProblems(content.unavailable);
  if (JSON.stringify(now) === JSON.stringify(before)) return credential;
  const { storeProblems: _, ...rest } = credential;
  const others = credential.problems.filter((each) => !before.includes(each));
  return { ...rest, problems: [...others, ...now], ...(now.length > 0 && { storeProblems: now }) };
}

/** One for each store and reason. */
function storeProblems(parts: readonly PartContent[]): Finding[] {
  const byProblem = Map.groupBy(parts, ({ unavailable }) => unavailable && problemText(unavailable));
  return [...byProblem].map(([text, affected]) => {
    const { store = '', remedy } = affected[0]?.unavailable ?? {};
    const unread = affected.filter(({ bytes }) => !bytes);
    const places = [...new Set((unread.length > 0 ? unread : affected).map(({ place }) => place))].join(', ');
    const message =
      unread.length > 0
        ? `${text}, and nothing has been read since this process started: ${places}.`
        : `${text}. What was read before is judged: ${places}.`;
    const more = { subject: store, ...(remedy === undefined ? {} : { remedy }) };
    // Nobody knows then whether the credential works.
    const isUnknown = unread.some(({ isWatched }) => !isWatched);
    return finding('store_unavailable', message, isUnknown ? { ...more, severity: 'critical' } : more);
  });
}

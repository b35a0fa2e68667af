/** Stores that do not answer. */
import { problemText } from '../config/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import type { CredentialContent, Untold } from './snapshot.ts';
import type { DeployedCredential } from './types.ts';

/** The same object if nothing has changed. */
export function withStoreProblems(credential: DeployedCredential, content: CredentialContent): DeployedCredential {
  const before = credential.storeProblems ?? [];
  const now = storeProblems(content.untold);
  if (JSON.stringify(now) === JSON.stringify(before)) return credential;
  const { storeProblems: _, ...rest } = credential;
  const others = credential.problems.filter((each) => !before.includes(each));
  return { ...rest, problems: [...others, ...now], ...(now.length > 0 && { storeProblems: now }) };
}

/** One for each store and reason. */
export function storeProblems(untold: readonly Untold[]): Finding[] {
  return [...Map.groupBy(untold, ({ problem }) => problemText(problem))].map(([text, affected]) => {
    const { store = '', remedy } = affected[0]?.problem ?? {};
    const unknown = affected.filter(({ isKnown }) => !isKnown);
    const places = [...new Set((unknown.length > 0 ? unknown : affected).map(({ place }) => place))].join(', ');
    const message =
      unknown.length > 0
        ? `${text}, and nothing has been read since this process started: ${places}.`
        : `${text}. What was read before is judged: ${places}.`;
    const more = { subject: store, ...(remedy === undefined ? {} : { remedy }) };
    // Nobody knows then whether the credential works.
    const isCritical = unknown.some(({ isPart }) => isPart);
    return finding('store_unavailable', message, isCritical ? { ...more, severity: 'critical' } : more);
  });
}

/** What to do about a file depends on what was found in its place: the first action, which is all that an alert shows, says it. */
import type { Finding } from '../../findings/index.ts';
import { upperFirst } from '../../text/index.ts';
import type { Evidence, Wording } from '../types.ts';
import { type Part, partWords, place } from '../words.ts';

/** Something else than was expected, in the reader's words: `… it is a PKCS#12 keystore: configure it as …`. */
export function somethingElse({ message, remedy }: Finding, evidence: Evidence, part: Part): Wording {
  const [, found] = /: it is ((?:an?|the) .+?)\.?$/s.exec(message) ?? [];
  if (found === undefined) return {};
  // With a setting or a command in backticks, the words themselves say what to do.
  const then = found.includes('`') ? '' : ` ${remedy}`;
  return {
    headline: `What is configured as ${partWords[part]} is ${found.replace(/[:;,].*$/s, '')}`,
    remedy: `${upperFirst(place(evidence, part))} is ${found}.${then}`,
  };
}

/** Not there, or not for us: two people to ask. */
export function notRead({ message }: Finding, evidence: Evidence, part: Part): Wording {
  const file = place(evidence, part);
  if (/ does not exist\b/.test(message))
    return {
      remedy: `${upperFirst(file)} does not exist. Put it there, mount the disk that it is on, or correct its path in the configuration.`,
    };
  if (/ may not be read by this process\b/.test(message))
    return { remedy: `Let the account of this process read ${file} and enter the folders above it.` };
  return {
    remedy: `Check ${file}: that it is there, that its disk is mounted, and that the account of this process can read it and enter the folders above it.`,
  };
}

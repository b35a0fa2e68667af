/** Sentences of findings and renewals on a page: their times in UTC become London's, and an ISO date beside one in words goes. */
import { type SafeText, shortened, type Untrusted } from '../../../text/index.ts';
import { rfc3339, shortLondonDay, shortLondonTime, utcTime } from '../../../time/index.ts';
import { cut } from './words.ts';

/** `2026-02-28 09:30:00 UTC`, `Friday 22 January 2027 at 13:00 GMT (2027-01-22T13:00:00Z)`, `2027-01-22T13:00:00Z`. */
const moment =
  /(?:[A-Z][a-z]+day \d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d (?:GMT|BST) \()?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d))?(?:Z\)|Z| UTC)/g;
/** `Friday 22 January 2027 (2027-01-22)` */
const isoBeside = /(\d{1,2} [A-Z][a-z]+ \d{4}) \(\d{4}-\d\d-\d\d\)/g;

/** `expired on 2026-11-23`: not what a name may contain. */
const bareDay = /\b(on|until|since|from) (\d{4}-\d\d-\d\d)(?=[\s.,;:)]|$)(?! \d\d:)/g;

type Part = string | Date;

/** Text and moments, in their order. Pure. */
export function partsOf(sentence: string): Part[] {
  const text = sentence.replaceAll(isoBeside, '$1').replaceAll(bareDay, (whole, word: string, day: string) => {
    const noon = new Date(`${day}T12:00:00Z`);
    return Number.isNaN(noon.getTime()) ? whole : `${word} ${shortLondonDay(noon)}`;
  });
  const parts: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(moment)) {
    const at = new Date(`${found[1]}T${found[2]}:${found[3] ?? '00'}Z`);
    if (Number.isNaN(at.getTime())) continue;
    parts.push(text.slice(from, found.index), at);
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

/** For titles, which take no markup. */
export const inLondon = (sentence: string): string =>
  partsOf(sentence)
    .map((part) => (part instanceof Date ? shortLondonTime(part) : part))
    .join('');

export const Times = ({ text }: { text: string }) => (
  <>
    {partsOf(text).map((part) =>
      part instanceof Date ? (
        <time datetime={rfc3339(part)} title={utcTime(part)}>
          {shortLondonTime(part)}
        </time>
      ) : (
        part
      ),
    )}
  </>
);

/** A sentence that may quote a certificate or a server, with London's times. See {@link Quoted}. */
export const Said = ({ text, most }: { text: string | SafeText | Untrusted; most?: number }) => (
  <bdi class="page-name">
    <Times text={cut(text, most)} />
  </bdi>
);

/** As many whole sentences as fit, so that no telephone number is cut in two; of a first one that does not fit, its beginning. @param most - in code points */
export function firstSentences(text: string, most: number): string {
  let kept = '';
  for (const [each] of text.matchAll(/.+?(?:[.!?](?=\s|$)|$)\s*/gs)) {
    if ((kept + each).trim().length > most) break;
    kept += each;
  }
  return kept.trim() || shortened(text, most);
}

/** Without its full stop. */
export const firstSentence = (text: string): string => /^.*?(?=[.](?:\s|$))/s.exec(text)?.[0] ?? text;

/**
 * The closed list of things this product can find wrong. The CLI, the page, the e-mails, the metrics and `docs/findings.md` read
 * their words from here, so that one code means one thing everywhere.
 */
import { certificateCodes } from './certificate.ts';
import { chainCodes } from './chain.ts';
import type { CatalogueEntry } from './entry.ts';
import { handshakeCodes } from './handshake.ts';
import { readingCodes } from './reading.ts';
import { renewalCodes } from './renewal.ts';

export {
  type CatalogueEntry,
  type FindingGroup,
  type Severity,
  severities,
} from './entry.ts';

const entries = {
  ...readingCodes,
  ...chainCodes,
  ...certificateCodes,
  ...handshakeCodes,
  ...renewalCodes,
} as const satisfies Record<string, CatalogueEntry>;

export type FindingCode = keyof typeof entries;
/** What each code means: severity, the check it fails, title, meaning, remedy and source. */
export const catalogue: Readonly<Record<FindingCode, CatalogueEntry>> = entries;
/** In the order of the catalogue. */
export const findingCodes = Object.keys(entries) as FindingCode[];

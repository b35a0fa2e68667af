/** What the catalogue says of one finding code. */
import type { CheckName } from './checks.ts';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export type FindingGroup = 'reading' | 'match' | 'chain' | 'validity' | 'naming' | 'strength' | 'handshake' | 'renewal';

export interface CatalogueEntry {
  readonly group: FindingGroup;
  /** The default. A rule may raise it where waiting makes it worse (`clock_skew`, the renewal codes). */
  readonly severity: Severity;
  /** The check that this code fails. A code without one is advice: it never turns a check red. */
  readonly check?: CheckName;
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
  /** The standard or page the rule rests on. */
  readonly source: string;
}

export const rfc5280 = (section: string) => `RFC 5280 §${section}`;
export const meshApi = 'MESH API specification';
export const meshCertificateGuidance = 'NHS England, certificate guidance for MESH API clients';

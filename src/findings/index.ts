/** The catalogue of everything that can be wrong, and `Finding`. */
export {
  catalogue,
  type FindingCode,
  type FindingGroup,
  findingCodes,
  type Severity,
  severities,
} from './catalogue.ts';
export { type CheckName, checkCatalogue, checkNames } from './checks.ts';
export { type Finding, finding, type Status, statusOf, worstFirst, worstStatus } from './finding.ts';

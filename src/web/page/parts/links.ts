/** The paths of the pages. */
import type { RequestKey } from '../../../renewal/index.ts';

export const environmentPath = (name: string): string => `/environments/${encodeURIComponent(name)}`;

/** Of a renewal’s file, below its page. */
export const requestFilePath = (key: RequestKey, kind: 'csr' | 'eml'): string => `${renewalPath(key)}/request.${kind}`;

/** Sixteen digits are enough to distinguish the certificates of one environment. */
export const renewalPath = ({ environment, fingerprintSha256 }: RequestKey): string =>
  `/renewals/${encodeURIComponent(environment)}/${fingerprintSha256.slice(0, 16)}`;

/** Where the pages are. */
import type { RequestKey } from '../../../renewal/index.ts';

export const environmentPath = (name: string): string => `/environments/${encodeURIComponent(name)}`;

/** Sixteen digits tell the certificates of one environment apart. */
export const renewalPath = ({ environment, fingerprintSha256 }: RequestKey): string =>
  `/renewals/${encodeURIComponent(environment)}/${fingerprintSha256.slice(0, 16)}`;

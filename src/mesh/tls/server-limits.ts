/** How much of what a server presents is looked at. Anyone can answer at an address, and this comes before trust. */
import { limits } from '../../limits/index.ts';
import type { SafeText } from '../../text/index.ts';
import { counted, say } from '../../text/index.ts';

/** The verdict on a server whose certificates are not looked at. */
export const overLimit = 'CERTIFICATES_OVER_LIMIT';

/** @returns what is too much, to follow “the server presented”; undefined if they are within the limits. */
export function excessOf(certificates: readonly Uint8Array[]): SafeText | undefined {
  const { serverBytes, serverCertificates } = limits;
  if (certificates.length > serverCertificates)
    return say`${counted(certificates.length)} certificates, more than the limit of ${serverCertificates}`;
  const bytes = certificates.reduce((sum, { length }) => sum + length, 0);
  if (bytes <= serverBytes) return undefined;
  return say`certificates of ${counted(bytes)} bytes, more than the limit of ${counted(serverBytes)}`;
}

/** Everything that `inspect` says of one certificate. */
import { type SafeText, say, shortened } from '../text/index.ts';
import { utcDay, utcTime } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import { extensionLines } from './extensions.ts';
import { labelled, type Terminal } from './terminal.ts';

/** An attacker can choose the length of a subject, so it is cut to this. */
const longestName = 200;

export function certificateLines(certificate: Certificate, terminal: Terminal): SafeText[] {
  const { fingerprintSha256, issuer, notAfter, notBefore, privateKeyUsagePeriod, serial, subject } = certificate;
  const usageEnd = privateKeyUsagePeriod?.notAfter;
  return [
    ...labelled('Subject', shortened(subject.text, longestName), terminal),
    ...labelled('Issuer', shortened(issuer.text, longestName), terminal),
    ...labelled('Serial', say`${serial}`, terminal),
    ...labelled('SHA-256', say`${fingerprintSha256}`, terminal),
    ...labelled('Validity', say`${utcTime(notBefore)} to ${utcTime(notAfter)}`, terminal),
    ...(usageEnd
      ? labelled('Key period', say`until ${utcDay(usageEnd)}; for information: MESH ignores it`, terminal)
      : []),
    ...extensionLines(certificate, terminal),
  ];
}

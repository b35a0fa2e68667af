/** What a desk sent, which only `accept` reads. */
import type { Certificate } from '../x509/index.ts';
import { type CertificateReading, deepestMail, nothing, readForm } from './certificates.ts';
import { formOf } from './form/form.ts';
import { partsOfMail } from './form/mail.ts';
import { filesInZip, isZip } from './form/zip.ts';

/**
 * What a desk sent: the same forms and zip archives, and of an email or an archive the certificates in all of its parts, each once, because
 * the certificate and its chain may be in different ones. Never throws because of the content.
 */
export async function readSentCertificates(bytes: Buffer, depth = 0): Promise<CertificateReading> {
  const form = formOf(bytes);
  if (isZip(bytes)) {
    const archive = filesInZip(bytes);
    return 'problem' in archive
      ? nothing(archive.problem)
      : fromParts(archive.files, depth, ['a zip archive', 'in it']);
  }
  if (form.kind !== 'mail') return readForm(form, depth);
  return fromParts(await partsOfMail(form.bytes), depth, ['an email', 'in its text or attachments']);
}

async function fromParts(
  parts: readonly Buffer[],
  depth: number,
  [what, where]: readonly [string, string],
): Promise<CertificateReading> {
  if (depth >= deepestMail) return nothing(`it is ${what} inside too many others`);
  const found = new Map<string, Certificate>();
  for (const part of parts)
    for (const entry of (await readSentCertificates(part, depth + 1)).entries)
      if (entry) found.set(entry.fingerprintSha256, entry);
  if (found.size === 0) return nothing(`it is ${what} without a certificate ${where}`);
  return { entries: [...found.values()], problems: [], overLimit: [] };
}

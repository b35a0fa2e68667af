/** Whom a server's chain may lead to: the NHS, or the CAs of `--ca-bundle`, and those of the system. */
import { getCACertificates } from 'node:tls';
import { readCertificates } from '../../credential/index.ts';
import { readRegularFile } from '../../files/index.ts';
import { limits } from '../../limits/index.ts';
import { say } from '../../text/index.ts';
import { type Certificate, MalformedCertificateError, parseCertificate, readPem } from '../../x509/index.ts';
import { UsageError } from '../command.ts';

/** @throws {UsageError} if the bundle cannot be read. */
export const trustedBy = (caBundle: string | undefined): Promise<Certificate[]> =>
  caBundle === undefined ? nhsCertificates() : bundleIn(caBundle);

/** Those that are shipped. MESH's own servers have certificates from these. */
export async function nhsCertificates(): Promise<Certificate[]> {
  const { shippedCertificates } = await import('../../bundle/index.ts');
  return shippedCertificates.flatMap(({ pem }) => parsed(pem));
}

/** @throws {UsageError} */
async function bundleIn(path: string): Promise<Certificate[]> {
  const read = await readRegularFile(path, { mostBytes: limits.sourceBytes });
  if ('problem' in read) throw new UsageError(say`${path} ${read.problem.reason}`);
  const { entries, problems } = await readCertificates(read.bytes);
  const certificates = entries.filter((entry) => entry !== undefined);
  if (certificates.length === 0) throw new UsageError(say`${path}: ${problems[0] ?? 'it has no certificate'}`);
  return certificates;
}

/** Those of the system's CAs that may have issued one of these: there are hundreds of others. */
export function systemIssuersOf(certificates: readonly Certificate[]): Certificate[] {
  const wanted = new Set(certificates.map(({ issuer }) => issuer.canonical));
  const all = new Set([...getCACertificates('default'), ...getCACertificates('system')]);
  return [...all].flatMap(parsed).filter(({ subject }) => wanted.has(subject.canonical));
}

/** Nothing for what we cannot read: OpenSSL accepts some that are malformed. */
function parsed(pem: string): Certificate[] {
  try {
    return readPem(pem).flatMap(({ bytes }) => (bytes ? [parseCertificate(bytes)] : []));
  } catch (error) {
    if (error instanceof MalformedCertificateError) return [];
    throw error;
  }
}

/** What was read from the bundles that were read last: thousands of environments share one, in files of their own or in the same. */
import { hash } from 'node:crypto';
import { type CertificateReading, isCertificateLabel, readCertificates } from './certificates.ts';
import { formOf } from './form/form.ts';
import { whyClientsCannotRead } from './form/framing.ts';

/** Nothing in it names a place, so it is the same for everyone with the same bytes. */
export interface BundleReading extends CertificateReading {
  /** See `whyClientsCannotRead`. */
  readonly notForClients: string | undefined;
}

const recent = new Map<string, Promise<BundleReading>>();
/** An estate has a handful. Each keeps its certificates, at most 512 of 64 kB. */
const mostRecent = 8;

export function readBundle(bytes: Buffer): Promise<BundleReading> {
  const digest = hash('sha256', bytes);
  const reading = recent.get(digest) ?? read(bytes);
  recent.delete(digest);
  recent.set(digest, reading);
  if (recent.size > mostRecent) recent.delete(recent.keys().next().value ?? '');
  return reading;
}

async function read(bytes: Buffer): Promise<BundleReading> {
  const reading = await readCertificates(bytes);
  return { ...reading, notForClients: whyClientsCannotRead(bytes, formOf(bytes), isCertificateLabel) };
}

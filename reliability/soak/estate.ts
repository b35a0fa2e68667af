/** Environments on disk whose certificates are issued, deployed and damaged in the course of simulated years. */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import 'reflect-metadata';
import { Pkcs10CertificateRequest, X509Certificate } from '@peculiar/x509';
import { generateKeys, type KeyPair } from '../../src/demo/keys.ts';
import {
  addYears,
  type CertificateAuthority,
  createRoot,
  createSubCa,
  issueClient,
  signRequest,
} from '../../src/demo/pki.ts';
import { dayMs } from '../../src/time/index.ts';

export const passphrase = 'Pl4nted-passphrase-7Q';

/** What is on the disk of one environment when nothing is wrong with it. */
export interface Deployed {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly notAfter: Date;
  /** SHA-256, hex. */
  readonly fingerprint: string;
}

export interface Place {
  readonly name: string;
  readonly folder: string;
  deployed: Deployed;
}

export interface Authorities {
  readonly root: CertificateAuthority;
  readonly sub: CertificateAuthority;
}

export async function makeAuthorities(start: Date): Promise<Authorities> {
  const root = await createRoot({ commonName: 'Soak Root', notBefore: addYears(start, -5), years: 30, key: 'ec-p256' });
  return {
    root,
    sub: await createSubCa(root, {
      commonName: 'Soak SubCA',
      notBefore: addYears(start, -5),
      years: 20,
      key: 'ec-p256',
    }),
  };
}

export const commonNameOf = (name: string) => `${name}.x26.api.mesh-client.nhs.uk`;

/** With a certificate that ends on a day of its own in the first two years. */
export async function makePlace(
  directory: string,
  name: string,
  { root, sub }: Authorities,
  notAfter: Date,
): Promise<Place> {
  const folder = join(directory, name);
  await mkdir(folder);
  await writeFile(join(folder, 'ca.pem'), root.pem + sub.pem);
  const keys = await generateKeys('ec-p256');
  // OpenSSL judges by the machine's own clock, so whatever is deployed must have begun by then.
  const { pem } = await issueClient(sub, {
    commonName: commonNameOf(name),
    publicKey: keys.publicKey,
    notBefore: longAgo,
    notAfter,
  });
  const place: Place = { name, folder, deployed: await deployedFrom(pem, encrypted(keys)) };
  await writeDeployed(place);
  return place;
}

export const longAgo = new Date('2024-01-01T00:00:00Z');

const encrypted = ({ privateKey }: KeyPair): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

export async function deployedFrom(certificatePem: string, keyPem: string): Promise<Deployed> {
  const certificate = new X509Certificate(certificatePem);
  const fingerprint = Buffer.from(await certificate.getThumbprint('SHA-256')).toString('hex');
  return { certificatePem, keyPem, notAfter: certificate.notAfter, fingerprint };
}

/** The desk answers a request: for the key in it, ending when it says. */
export async function issueFor(csrPem: string, { sub }: Authorities, notAfter: Date): Promise<string> {
  return (await signRequest(sub, csrPem, { notBefore: longAgo, notAfter })).pem;
}

/** Whether the certificate is for the key of the request. */
export const isFor = (csrPem: string, certificatePem: string): boolean =>
  Buffer.from(new Pkcs10CertificateRequest(csrPem).publicKey.rawData).equals(
    Buffer.from(new X509Certificate(certificatePem).publicKey.rawData),
  );

/** Somebody puts the right files back. */
export async function writeDeployed({ folder, deployed }: Place): Promise<void> {
  const [certificate, key] = [join(folder, 'client.pem'), join(folder, 'key.pem')];
  await rm(certificate, { recursive: true, force: true });
  await writeFile(certificate, deployed.certificatePem);
  await rm(key, { force: true });
  await writeFile(key, deployed.keyPem);
  await chmod(key, 0o600);
}

export const damages = [
  'certificate gone',
  'certificate cut short',
  'key of another',
  'a directory in its place',
  'key gone',
] as const;
export type Damage = (typeof damages)[number];

export async function damage({ folder }: Place, kind: Damage): Promise<void> {
  const [certificate, key] = [join(folder, 'client.pem'), join(folder, 'key.pem')];
  switch (kind) {
    case 'certificate gone':
      return rm(certificate, { recursive: true });
    case 'certificate cut short':
      return writeFile(certificate, (await readFile(certificate)).subarray(0, 300));
    case 'key of another':
      return writeFile(key, encrypted(await generateKeys('ec-p256')));
    case 'a directory in its place':
      await rm(certificate, { recursive: true });
      await mkdir(certificate);
      return;
    case 'key gone':
      return rm(key);
  }
}

export const days = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / dayMs;

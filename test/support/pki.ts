/**
 * The PKI maker: every certificate a test needs, good or bad, in one readable call.
 *
 *   const root = await ca({ cn: 'Root' });                          // self-signed, cA, keyCertSign
 *   const sub = await ca({ cn: 'Sub', issuer: root, pathLength: 0 });
 *   const client = await leaf({ issuer: sub, cn: 'x26abc1.x26.api.mesh-client.nhs.uk', notAfter: date('2027-01-01') });
 *   const server = await serverCertificate({ issuer: root, names: ['localhost', '127.0.0.1'] });
 *   client.pem · client.der · client.keyPem · client.encryptedKeyPem('secret') · client.keys
 *
 * Everything can be bent: see `CertificateOptions`, and `extensions.ts` for what it has no option for. Keys are EC P-256 unless asked, because those cost nothing; RSA keys come from a
 * cache per process (`keysFor('rsa-2048', 'label')`). Certificates are valid from 2020 to 2040 unless asked. A fixed date that is to lie ahead by the
 * system's clock is in 2039.
 *
 *   const pki = await nhsLikePki();       // RSA 2048 root, sub CA and client in the NHS shape, made once per process, valid now
 *   const files = await writePki(pki);    // client.pem, private_key.pem (encrypted), ca_bundle.pem (root first) in a temporary folder
 *   files.certificate, files.privateKey, files.caBundle, files.passphrase, files.directory; await files.remove()
 */
import 'reflect-metadata';
import { randomBytes, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
} from '@peculiar/x509';
import { sequence, tlv } from '../../src/demo/der.ts';
import { generateKeys, type HashName, type KeyKind, type KeyPair, keyIdentifierOf } from '../../src/demo/keys.ts';
import {
  addYears,
  alternativeNames,
  type CertificateAuthority,
  createRoot,
  createSubCa,
  issue,
  issueClient,
  issued,
  type NameInput,
} from '../../src/demo/pki.ts';
import { dayMs } from '../../src/time/duration.ts';
import { children, readDer } from '../../src/x509/der.ts';
import { generalName, nameConstraints as nameConstraintsExtension } from './extensions.ts';

export { type KeyKind, type KeyPair, keyIdentifierOf } from '../../src/demo/keys.ts';
export { addYears, issueClient, issueServer, type NameInput, signRequest } from '../../src/demo/pki.ts';

export interface Made {
  readonly der: Buffer;
  readonly pem: string;
  readonly keys: KeyPair;
  readonly subject: NameInput;
  /** PKCS#8, unencrypted. */
  readonly keyPem: string;
  /** PKCS#8, AES-256-CBC. */
  encryptedKeyPem(passphrase: string): string;
}

export interface CertificateOptions {
  /** Shorthand for the subject `CN=…`. */
  readonly cn?: string;
  /** RDNs in order, e.g. `[{ O: [{ printableString: 'NHS' }] }, { CN: ['x'] }]`; wins over `cn`. */
  readonly subject?: NameInput;
  /** Self-signed if absent. */
  readonly issuer?: { readonly keys: KeyPair; readonly subject: NameInput };
  /** Write an issuer name that is not the issuer's subject. */
  readonly issuerName?: NameInput;
  readonly keys?: KeyKind | KeyPair;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly serial?: string;
  readonly hash?: HashName;
  /** Basic constraints; `null` leaves the extension out. */
  readonly isCa?: boolean | null;
  readonly pathLength?: number;
  /** `null` leaves the extension out. */
  readonly keyUsage?: readonly (keyof typeof KeyUsageFlags)[] | null;
  /** Dotted OIDs; `null` leaves the extension out. */
  readonly extendedKeyUsage?: readonly string[] | null;
  /** Hex; `null` leaves the extension out. */
  readonly subjectKeyIdentifier?: string | null;
  readonly authorityKeyIdentifier?: string | null;
  /** DNS names and IP addresses for the subject alternative name. */
  readonly names?: readonly string[];
  readonly nameConstraints?: { readonly permitted?: readonly Subtree[]; readonly excluded?: readonly Subtree[] };
  /** OIDs of unknown critical extensions. */
  readonly unknownCritical?: readonly string[];
  readonly extensions?: readonly Extension[];
  /** Flip the last bit of the signature. */
  readonly breakSignature?: boolean;
}

export type Subtree = { readonly dns: string } | { readonly email: string } | { readonly ip: readonly number[] };

export const oids = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  anyExtendedKeyUsage: '2.5.29.37.0',
  nobodyKnows: '1.3.6.1.4.1.99999.1',
} as const;

export const date = (iso: string): Date => new Date(iso);

/** Any certificate; the defaults are those of a plain end entity. */
export async function certificate(options: CertificateOptions): Promise<Made> {
  const keys = typeof options.keys === 'object' ? options.keys : await generateKeys(options.keys ?? 'ec-p256');
  const subject = options.subject ?? [{ CN: [options.cn ?? 'test'] }];
  const issuer = options.issuer ?? { keys, subject };
  const { der } = await issue({
    subject,
    issuer: options.issuerName ?? issuer.subject,
    publicKey: keys.publicKey,
    signedBy: issuer.keys,
    notBefore: options.notBefore ?? date('2020-01-01'),
    notAfter: options.notAfter ?? date('2040-01-01'),
    extensions: extensionsOf(options, keys, issuer.keys),
    ...(options.serial === undefined ? {} : { serial: options.serial }),
    ...(options.hash === undefined ? {} : { hash: options.hash }),
  });
  if (options.breakSignature) der[der.length - 1]! ^= 1;
  return made(der, keys, subject);
}

/** A CA: cA true, keyCertSign and cRLSign. */
export const ca = (options: CertificateOptions): Promise<Made> =>
  certificate({ isCa: true, keyUsage: ['keyCertSign', 'cRLSign'], ...options });

/** A client: digitalSignature and keyEncipherment, serverAuth and clientAuth. */
export const leaf = (options: CertificateOptions): Promise<Made> =>
  certificate({
    cn: 'x26abc1.x26.api.mesh-client.nhs.uk',
    isCa: false,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [oids.serverAuth, oids.clientAuth],
    ...options,
  });

/** A TLS server, for `localhost` and 127.0.0.1 unless `names` is given. */
export const serverCertificate = (options: CertificateOptions): Promise<Made> =>
  certificate({
    cn: 'localhost',
    isCa: false,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [oids.serverAuth],
    names: ['localhost', '127.0.0.1', '::1'],
    ...options,
  });

/** Certificates that differ only in serial number and signature (SHA-256), by the thousand: the library takes thirty times as long for each. */
export function copies(of: Made, signedBy: KeyPair, count: number): Made[] {
  const [tbs, algorithm] = children(readDer(of.der, 'certificate'), 'certificate');
  const [version, serial, ...rest] = children(tbs!, 'certificate').map(({ raw }) => raw);
  return Array.from({ length: count }, () => {
    // Positive, and as long as before.
    const number = Buffer.concat([Buffer.of(0x40), randomBytes(serial!.length - 3)]);
    const content = sequence(version!, tlv(0x02, number), ...rest);
    const signature = sign('sha256', content, signedBy.privateKey);
    return made(sequence(content, algorithm!.raw, tlv(0x03, Buffer.of(0), signature)), of.keys, of.subject);
  });
}

const cache = new Map<string, Promise<KeyPair>>();

/** The same pair for the same kind and label in this process, because RSA keys are slow to make. */
export function keysFor(kind: KeyKind, label = ''): Promise<KeyPair> {
  const name = `${kind} ${label}`;
  const keys = cache.get(name) ?? generateKeys(kind);
  cache.set(name, keys);
  return keys;
}

function extensionsOf(options: CertificateOptions, keys: KeyPair, issuerKeys: KeyPair): Extension[] {
  const { isCa = null, keyUsage = null, extendedKeyUsage = null, names, nameConstraints } = options;
  const ski =
    options.subjectKeyIdentifier === undefined ? keyIdentifierOf(keys.publicKey) : options.subjectKeyIdentifier;
  const aki =
    options.authorityKeyIdentifier === undefined
      ? keyIdentifierOf(issuerKeys.publicKey)
      : options.authorityKeyIdentifier;
  return [
    isCa !== null && new BasicConstraintsExtension(isCa, options.pathLength, isCa),
    keyUsage &&
      new KeyUsagesExtension(
        keyUsage.reduce((all, each) => all | KeyUsageFlags[each], 0),
        true,
      ),
    extendedKeyUsage && new ExtendedKeyUsageExtension([...extendedKeyUsage]),
    ski !== null && new SubjectKeyIdentifierExtension(ski),
    aki !== null && new AuthorityKeyIdentifierExtension(aki),
    names && alternativeNames(names),
    nameConstraints &&
      nameConstraintsExtension({
        ...(nameConstraints.permitted ? { permitted: nameConstraints.permitted.map(generalNameOf) } : {}),
        ...(nameConstraints.excluded ? { excluded: nameConstraints.excluded.map(generalNameOf) } : {}),
      }),
    ...(options.unknownCritical ?? []).map((oid) => new Extension(oid, true, tlv(0x05))),
    ...(options.extensions ?? []),
  ].filter((each) => each instanceof Extension);
}

const generalNameOf = (subtree: Subtree) =>
  'dns' in subtree
    ? generalName.dns(subtree.dns)
    : 'email' in subtree
      ? generalName.email(subtree.email)
      : generalName.ip(...subtree.ip);

function made(der: Buffer, keys: KeyPair, subject: NameInput): Made {
  return {
    ...issued(der),
    keys,
    subject,
    get keyPem() {
      return keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    },
    encryptedKeyPem: (passphrase) =>
      keys.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
  };
}

export interface NhsLikePki {
  readonly root: CertificateAuthority;
  readonly sub: CertificateAuthority;
  readonly client: Made;
  /** Root first, as in the guide. */
  readonly bundlePem: string;
}

let standard: Promise<NhsLikePki> | undefined;

/** The well-formed default, valid now (from a year ago, for three), made once per process. Do not change what it returns. */
export function nhsLikePki(): Promise<NhsLikePki> {
  standard ??= createNhsLikePki();
  return standard;
}

/** A fresh one, e.g. around another time or for another mailbox. `commonName` defaults to mailbox X26ABC1 of X26. */
export async function createNhsLikePki(
  options: { now?: Date; commonName?: string; key?: KeyKind; clientKeys?: KeyPair; notAfter?: Date } = {},
): Promise<NhsLikePki> {
  const now = options.now ?? new Date();
  const key = options.key ?? 'rsa-2048';
  const past = addYears(now, -4);
  const root = await createRoot({ commonName: 'Test PTL Root Authority G2', notBefore: past, years: 20, key });
  const sub = await createSubCa(root, { commonName: 'Test INT Authentication G2', notBefore: past, years: 10, key });
  const keys = options.clientKeys ?? (await generateKeys(key));
  const commonName = options.commonName ?? 'x26abc1.x26.api.mesh-client.nhs.uk';
  const { der } = await issueClient(sub, {
    commonName,
    publicKey: keys.publicKey,
    notBefore: new Date(now.getTime() - 365 * dayMs),
    ...(options.notAfter ? { notAfter: options.notAfter } : {}),
  });
  const subject: NameInput = [{ O: ['nhs'] }, { OU: ['Devices'] }, { CN: [commonName] }];
  return { root, sub, client: made(der, keys, subject), bundlePem: root.pem + sub.pem };
}

export interface PkiFiles {
  readonly directory: string;
  readonly certificate: string;
  /** Encrypted with `passphrase`. */
  readonly privateKey: string;
  readonly caBundle: string;
  readonly passphrase: string;
  remove(): Promise<void>;
}

/** Writes client.pem, private_key.pem (mode 0600) and ca_bundle.pem into a folder: a fresh temporary one unless given. */
export async function writePki(
  pki: { client: Made; bundlePem: string },
  options: { directory?: string; passphrase?: string } = {},
): Promise<PkiFiles> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-')));
  const passphrase = options.passphrase ?? 'correct horse battery staple';
  const files = {
    directory,
    passphrase,
    certificate: join(directory, 'client.pem'),
    privateKey: join(directory, 'private_key.pem'),
    caBundle: join(directory, 'ca_bundle.pem'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
  await writeFile(files.certificate, pki.client.pem);
  await writeFile(files.privateKey, pki.client.encryptedKeyPem(passphrase), { mode: 0o600 });
  await writeFile(files.caBundle, pki.bundlePem);
  return files;
}

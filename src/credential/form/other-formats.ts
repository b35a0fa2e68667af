/** Other things that people provide instead of a certificate, key or keystore, each with what to do about it. */
import { children, DerError, type DerValue, oid, readDer, smallInteger, tags } from '../../x509/index.ts';
import { toDer } from '../decryption/ber.ts';

const magics: readonly { readonly start: Buffer; readonly reason: string }[] = [
  {
    start: Buffer.from('cececece', 'hex'),
    reason:
      'it is a JCEKS keystore, which is not supported; convert it: `keytool -importkeystore -srckeystore FILE -srcstoretype JCEKS -destkeystore FILE.p12 -deststoretype PKCS12`',
  },
  { start: Buffer.from('PK\x03\x04', 'latin1'), reason: 'it is a zip archive: unpack it and use the file inside' },
  ...(
    [
      ['1f8b08', 'a gzip'],
      ['377abcaf271c', 'a 7-Zip'],
      ['526172211a07', 'a RAR'],
    ] as const
  ).map(([hex, kind]) => ({
    start: Buffer.from(hex, 'hex'),
    reason: `it is ${kind} archive: unpack it and use the file inside`,
  })),
  {
    start: Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    reason: 'it is an Outlook message (.msg): save its attachment, or save the message as text or .eml, and use that',
  },
  { start: Buffer.from('%PDF-', 'latin1'), reason: 'it is a PDF document' },
];

/** The reason, if the first octets show it. */
export function namedBinary(bytes: Buffer): string | undefined {
  return magics.find(({ start }) => bytes.subarray(0, start.length).equals(start))?.reason;
}

const texts: readonly { readonly form: RegExp; readonly reason: string }[] = [
  { form: /^\s*\{\\rtf/, reason: 'it is a rich text document (RTF): save it as plain text and use that' },
  { form: /^\s*<(?:!doctype|html|\?xml)/i, reason: 'it is a web page (HTML or XML), not a certificate or key' },
  {
    form: /^\s*PuTTY-User-Key-File/,
    reason: 'it is a PuTTY key, which cannot be used for TLS; deploy the key that was created with the CSR',
  },
  {
    form: /^[ \t]*(?:-*[—–―][-—–―]*|-{1,4}|-{6,}) ?BEGIN [A-Z0-9 ]+[-—–―]/m,
    reason:
      'its BEGIN line does not begin with five hyphens, perhaps because a word processor changed it. Copy the text again from the original',
  },
];

/** The reason, if the text is of another known kind. */
export function namedText(text: string): string | undefined {
  return texts.find(({ form }) => form.test(text.slice(0, 64 * 1024)))?.reason;
}

export type DerKind =
  | 'certificate'
  | 'pkcs7'
  | 'pkcs12'
  | 'request'
  | 'crl'
  | 'private_key'
  | 'encrypted_key'
  | 'public_key'
  | 'unknown';

export const pkcs7SignedData = '1.2.840.113549.1.7.2';
const times: readonly number[] = [0x17, 0x18];

/** By its structure alone: RFC 5280 §4.1 and §5.1, 2986 §4, 5652 §3, 7292 §4, 5208, 8017 A.1.2, 5915. */
export function kindOfDer(bytes: Uint8Array): DerKind {
  try {
    const parts = children(readDer(toDer(bytes, 'it'), 'it'), 'it');
    const [first, second, third] = parts;
    if (!first || !second) return 'unknown';
    if (first.tag === tags.oid) return oid(first, 'it') === pkcs7SignedData ? 'pkcs7' : 'unknown';
    if (first.tag === tags.integer) return integerFirst(first, second);
    if (first.tag !== tags.sequence) return 'unknown';
    if (parts.length === 2) return second.tag === tags.octetString ? 'encrypted_key' : 'public_key';
    return third?.tag === tags.bitString ? signedKind(children(first, 'it')) : 'unknown';
  } catch (error) {
    if (error instanceof DerError) return 'unknown';
    throw error;
  }
}

function integerFirst(first: DerValue, second: DerValue): DerKind {
  if (second.tag !== tags.sequence) return 'private_key';
  return smallInteger(first, 'it') === 3 ? 'pkcs12' : 'private_key';
}

/** Of the three signed structures: a CRL has a time among its first fields, and a request has a number and at most four fields. */
function signedKind(fields: readonly DerValue[]): DerKind {
  if (fields.slice(0, 4).some(({ tag }) => times.includes(tag))) return 'crl';
  return fields.length <= 4 && fields[0]?.tag === tags.integer ? 'request' : 'certificate';
}

/** The message if a certificate was expected. */
export const insteadOfCertificate: Readonly<Partial<Record<DerKind, string>>> = {
  pkcs12:
    'it is a PKCS#12 keystore: configure it as `keystore`, or take the certificate out with `openssl pkcs12 -in FILE -clcerts -nokeys -out client.pem`',
  request: 'it is the certificate signing request that was sent, not the certificate that was issued for it',
  crl: 'it is a certificate revocation list, not a certificate',
  private_key: 'it is a private key, not a certificate',
  encrypted_key: 'it is an encrypted private key, not a certificate',
  public_key: 'it is a public key, not a certificate',
};

/** The message if a private key was expected. */
export const insteadOfKey: Readonly<Partial<Record<DerKind, string>>> = {
  pkcs12:
    'it is a PKCS#12 keystore: configure it as `keystore`, or take the key out with `openssl pkcs12 -in FILE -nocerts -out private_key.pem`',
  pkcs7: 'it is PKCS#7, which contains certificates but never a private key',
  request: 'it is a certificate signing request, not the private key that was used to create it',
  certificate: 'it is a certificate, not a private key',
  crl: 'it is a certificate revocation list, not a private key',
  public_key: 'it is a public key, not a private key',
};

const openSsh =
  'it is an OpenSSH key, which TLS libraries do not read; convert a copy of it: `ssh-keygen -p -m PKCS8 -f COPY`';

/** By a PEM label (RFC 7468), if none of the expected labels is present. */
export function kindOfLabel(label: string): DerKind | undefined {
  if (label.endsWith('CERTIFICATE REQUEST')) return 'request';
  if (label === 'PKCS7' || label === 'CMS') return 'pkcs7';
  if (label === 'X509 CRL') return 'crl';
  if (label === 'ENCRYPTED PRIVATE KEY') return 'encrypted_key';
  if (label.endsWith('PRIVATE KEY')) return 'private_key';
  if (label.endsWith('PUBLIC KEY')) return 'public_key';
  return label.endsWith('CERTIFICATE') ? 'certificate' : undefined;
}

/** The message for a private key block in a format that no TLS library reads. */
export const namedKeyFormat = (label: string): string | undefined =>
  label === 'OPENSSH PRIVATE KEY' ? openSsh : undefined;

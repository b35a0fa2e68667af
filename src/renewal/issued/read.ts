/** What came back from the desk, in whatever form a mail program saved it. */
import {
  type Certificate,
  decodeBase64,
  MalformedCertificateError,
  type PemBlock,
  parseCertificate,
  readPem,
} from '../../x509/index.ts';

export type IssuedFile = { readonly certificates: readonly Certificate[] } | { readonly refused: string };

const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];

/** Certificates in file order, or the exact reason why there is none to judge. */
export function readIssuedFile(bytes: Uint8Array): IssuedFile {
  if (bytes.length === 0) return { refused: 'the file is empty' };
  try {
    if (bytes[0] === 0x30) return readDer(bytes);
    const text = Buffer.from(bytes).toString('latin1');
    const blocks = readPem(text);
    return blocks.length > 0 ? readBlocks(blocks) : readBare(bytes, text);
  } catch (error) {
    if (!(error instanceof MalformedCertificateError)) throw error;
    return { refused: `the file holds no certificate that can be read: ${error.message}` };
  }
}

function readBlocks(blocks: readonly PemBlock[]): IssuedFile {
  const damaged = blocks.find(({ problem }) => problem !== undefined);
  if (damaged)
    return { refused: `the block that begins in line ${damaged.line} is damaged: ${damaged.problem}; copy it again` };
  const certificates = blocks
    .filter(({ label }) => certificateLabels.includes(label))
    .map(({ bytes = new Uint8Array() }) => parseCertificate(bytes));
  if (certificates.length > 0) return { certificates };

  const labels = blocks.map(({ label }) => label);
  if (labels.some((label) => label.endsWith('CERTIFICATE REQUEST')))
    return { refused: 'the file holds the certificate request that was sent, not a certificate' };
  if (labels.some((label) => label.endsWith('PRIVATE KEY')))
    return { refused: 'the file holds a private key, not a certificate; if it came by e-mail, it must not be used' };
  if (labels.some((label) => label === 'PKCS7' || label === 'CMS')) return { refused: pkcs7('') };
  return { refused: `the file holds no certificate, but: ${labels.join(', ')}` };
}

/** Without BEGIN and END lines: base64 alone, as it is left when only the middle was copied. */
function readBare(bytes: Uint8Array, text: string): IssuedFile {
  if (text.startsWith('PK'))
    return { refused: 'the file is a zip archive: unpack it, and give the certificate inside' };
  const decoded = decodeBase64(text);
  if (Buffer.isBuffer(decoded) && decoded[0] === 0x30) return readDer(decoded);
  const mail = /^(received|from|return-path|date|subject):/im.test(text.slice(0, 4096));
  if (mail) return { refused: 'the file is an e-mail: save its attachment, and give that' };
  return { refused: `the file is neither PEM nor DER (${bytes.length} bytes)` };
}

// RFC 5652 §3: SEQUENCE, OID 1.2.840.113549.1.7.2 (signedData). RFC 7292 §4: SEQUENCE, INTEGER 3.
const signedData = Buffer.from('06092a864886f70d010702', 'hex');
const version3 = Buffer.from('020103', 'hex');

function readDer(bytes: Uint8Array): IssuedFile {
  const start = Buffer.from(bytes.subarray(0, 24));
  if (start.includes(signedData)) return { refused: pkcs7(' -inform DER') };
  const header = (bytes[1] ?? 0) < 0x80 ? 2 : 2 + ((bytes[1] ?? 0) & 0x7f);
  if (start.subarray(header).indexOf(version3) === 0)
    return { refused: 'the file is a PKCS#12 keystore; the desk answers a request with a certificate, in PEM or DER' };
  return { certificates: [parseCertificate(bytes)] };
}

const pkcs7 = (inform: string) =>
  `the file is PKCS#7; run: openssl pkcs7${inform} -in FILE -print_certs -out issued.pem, and give issued.pem`;

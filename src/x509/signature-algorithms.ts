import { children, context, type DerValue, oid, readDer } from './der.ts';

/** OpenSSL's names (RFC 3279, 4055, 5758, 8410). */
const names: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'md2WithRSAEncryption',
  '1.2.840.113549.1.1.3': 'md4WithRSAEncryption',
  '1.2.840.113549.1.1.4': 'md5WithRSAEncryption',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.3.14.3.2.29': 'sha1WithRSA',
  '1.2.840.113549.1.1.14': 'sha224WithRSAEncryption',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.1': 'ecdsa-with-SHA224',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.2.840.10040.4.3': 'dsaWithSHA1',
  '2.16.840.1.101.3.4.3.1': 'dsa_with_SHA224',
  '2.16.840.1.101.3.4.3.2': 'dsa_with_SHA256',
  '1.3.101.112': 'ED25519',
  '1.3.101.113': 'ED448',
};
const pssOid = '1.2.840.113549.1.1.10';
const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The dotted OID if there is no name. The hash of RSASSA-PSS is in its parameters and decides its strength, so it is included: `rsassaPss-sha256`. */
export function signatureAlgorithmName(id: string, parameters: DerValue | undefined): string {
  if (id === pssOid) return `rsassaPss-${pssHash(parameters)}`;
  return names[id] ?? id;
}

/** RFC 4055 §3.1: SHA-1 if the field is absent. */
function pssHash(parameters: DerValue | undefined): string {
  const what = 'the RSASSA-PSS parameters';
  const field = parameters && children(parameters, what).find(({ tag }) => tag === context(0));
  if (!field) return 'sha1';
  const [algorithm] = children(readDer(field.body, what), what);
  const id = algorithm ? oid(algorithm, what) : '';
  return hashes[id] ?? id;
}

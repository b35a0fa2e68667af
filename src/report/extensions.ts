/** What the extensions of a certificate say, for `inspect`: as JSON, and as lines of text. */
import { escaped, joined, literal, plural, type SafeText, say, shortened } from '../text/index.ts';
import { addressesOf, type Certificate } from '../x509/index.ts';
import { labelled, type Terminal } from './terminal.ts';

/** What is not there is left out. Text is escaped. */
export interface ExtensionFacts {
  keyUsage?: SafeText[];
  extendedKeyUsage?: SafeText[];
  basicConstraints?: { ca: boolean; pathLength?: number };
  subjectAlternativeNames?: { kind: SafeText; value: SafeText }[];
  certificatePolicies?: SafeText[];
  crlAddresses?: SafeText[];
  ocspAddresses?: SafeText[];
  issuerAddresses?: SafeText[];
  subjectKeyIdentifier?: SafeText;
  authorityKeyIdentifier?: SafeText;
}

/** RFC 5280 §4.2.1.12; others are shown as their OID. */
const purposeNames: Readonly<Record<string, SafeText>> = {
  '2.5.29.37.0': literal('anyExtendedKeyUsage'),
  '1.3.6.1.5.5.7.3.1': literal('serverAuth'),
  '1.3.6.1.5.5.7.3.2': literal('clientAuth'),
  '1.3.6.1.5.5.7.3.3': literal('codeSigning'),
  '1.3.6.1.5.5.7.3.4': literal('emailProtection'),
  '1.3.6.1.5.5.7.3.8': literal('timeStamping'),
  '1.3.6.1.5.5.7.3.9': literal('OCSPSigning'),
};

export function extensionFacts(certificate: Certificate): ExtensionFacts {
  const { basicConstraints, authorityKeyIdentifier, subjectKeyIdentifier } = certificate;
  const addresses = addressesOf(certificate);
  const listed = (name: keyof ExtensionFacts, texts: readonly SafeText[] | undefined) =>
    texts && texts.length > 0 ? { [name]: [...texts] } : {};
  return {
    ...listed('keyUsage', certificate.keyUsage && [...certificate.keyUsage.usages].map(escaped)),
    ...listed(
      'extendedKeyUsage',
      certificate.extendedKeyUsage && [...certificate.extendedKeyUsage.purposes].map(purposeName),
    ),
    ...(basicConstraints ? { basicConstraints: constraints(basicConstraints) } : {}),
    ...(certificate.alternativeNames.length > 0
      ? {
          subjectAlternativeNames: certificate.alternativeNames.map(({ kind, value }) => ({
            kind: escaped(kind),
            value: value.shown,
          })),
        }
      : {}),
    ...listed('certificatePolicies', certificate.certificatePolicies?.map(escaped)),
    ...listed(
      'crlAddresses',
      addresses.crl.map(({ shown }) => shown),
    ),
    ...listed(
      'ocspAddresses',
      addresses.ocsp.map(({ shown }) => shown),
    ),
    ...listed(
      'issuerAddresses',
      addresses.issuer.map(({ shown }) => shown),
    ),
    ...(subjectKeyIdentifier === undefined ? {} : { subjectKeyIdentifier: escaped(subjectKeyIdentifier) }),
    ...(authorityKeyIdentifier === undefined ? {} : { authorityKeyIdentifier: escaped(authorityKeyIdentifier) }),
  };
}

const constraints = ({ ca, pathLength }: NonNullable<Certificate['basicConstraints']>) => ({
  ca,
  ...(pathLength === undefined ? {} : { pathLength }),
});

const purposeName = (id: string): SafeText => purposeNames[id] ?? escaped(id);

/** An attacker can choose how many there are, and how long they are. */
const mostShown = 12;
const longestShown = 120;

/** Each under its label; `key usage` says whether it is critical, as RFC 5280 asks of a CA. */
export function extensionLines(certificate: Certificate, terminal: Terminal): SafeText[] {
  const facts = extensionFacts(certificate);
  const { keyUsage, extendedKeyUsage } = certificate;
  const line = (label: string, texts: readonly SafeText[] | undefined, critical = false) =>
    texts === undefined ? [] : labelled(label, say`${some(texts)}${critical ? ' (critical)' : ''}`, terminal);
  const { basicConstraints } = facts;
  return [
    ...line('Usage', facts.keyUsage, keyUsage?.critical),
    ...line('Purposes', facts.extendedKeyUsage, extendedKeyUsage?.critical),
    ...line('CA', basicConstraints && [constraintText(basicConstraints)], certificate.basicConstraints?.critical),
    ...line(
      'Names',
      facts.subjectAlternativeNames?.map(({ kind, value }) => say`${kind}:${value}`),
    ),
    ...line('Policies', facts.certificatePolicies),
    ...line('CRL', facts.crlAddresses),
    ...line('OCSP', facts.ocspAddresses),
    ...line('Issuer at', facts.issuerAddresses),
    ...line('Key ID', facts.subjectKeyIdentifier && [facts.subjectKeyIdentifier]),
    ...line('Issuer key', facts.authorityKeyIdentifier && [facts.authorityKeyIdentifier]),
  ];
}

function constraintText({ ca, pathLength }: { readonly ca: boolean; readonly pathLength?: number }): SafeText {
  if (!ca) return literal('no');
  return pathLength === undefined ? literal('yes') : say`yes, with at most ${plural(pathLength, 'CA')} below it`;
}

function some(texts: readonly SafeText[]): SafeText {
  const shown = texts.slice(0, mostShown).map((text) => shortened(text, longestShown));
  const more = texts.length - shown.length;
  return joined([...shown, ...(more > 0 ? [say`and ${more} more`] : [])], ', ');
}

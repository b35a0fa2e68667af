/**
 * Public facts of the NHS public key infrastructure (https://digital.nhs.uk/services/path-to-live-environments and the CA bundles that
 * NHS England's own MESH client ships). Certificates are recognised by fingerprint, issuers by name and key identifier, so that nothing
 * passes for an NHS certificate just by using the name.
 */
import type { Certificate, DistinguishedName } from '../x509/index.ts';
import { nameOf } from './label.ts';
import type { AssessmentPolicy } from './types.ts';

export type NhsPki = NonNullable<AssessmentPolicy['pki']>;

export interface NhsAuthority {
  readonly commonName: string;
  readonly pki: NhsPki;
  readonly generation: 1 | 2;
  readonly role: 'root' | 'intermediate';
  /** Upper-case hex. */
  readonly serial: string;
  readonly fingerprintSha256: string;
  readonly keyIdentifier: string;
}

export const nhsAuthorities: readonly NhsAuthority[] = [
  {
    commonName: 'NHS PTL Root Authority G2',
    pki: 'path-to-live',
    generation: 2,
    role: 'root',
    serial: '1C93F552C13D71D8B0FB822A167C4CDD',
    fingerprintSha256: '540f7cd6111510ef8a4a78939b39a075c71a68f0ce71bbf28141f7c6be357f8f',
    keyIdentifier: 'f5b6d552a8bd78fe72616b3b5d8c23c0b0160cf3',
  },
  {
    commonName: 'NHS INT Authentication G2',
    pki: 'path-to-live',
    generation: 2,
    role: 'intermediate',
    serial: '1A3750DCE4D2631EB6A129864F2F6D6B',
    fingerprintSha256: 'eb17b9fe90a19dbfe962bf41d3c907558f6f787e2fd1602268dfca9d3fdbf857',
    keyIdentifier: '16c74704a860c9e45dab99f294f7c3de3398d422',
  },
  {
    commonName: 'NHS Root Authority G2',
    pki: 'live',
    generation: 2,
    role: 'root',
    serial: '029629010A7A10CBC9D53017A7B8F49C',
    fingerprintSha256: 'c418cfa50aad03d826fa1a6932b8187be18193f4b25a7a56f30df45d5f89f8f7',
    keyIdentifier: '8f9cb003a13590861dd61b785205c9c4b5403134',
  },
  {
    commonName: 'NHS Authentication G2',
    pki: 'live',
    generation: 2,
    role: 'intermediate',
    serial: '5FC471312B0B7883F40AF57EFD0B1F07',
    fingerprintSha256: '1cb94b89dd6e3cbeb498f43f85aac7f7ea3a833805ba0a37396d669eaa794639',
    keyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
  },
  {
    commonName: 'NHS PTL Root Authority',
    pki: 'path-to-live',
    generation: 1,
    role: 'root',
    serial: '5D1F4B90',
    fingerprintSha256: '7759a087977a9e37793093561149ee40b299c7027f4fa2a1c4e9eefeabc1b7d8',
    keyIdentifier: 'cf8803aca9edded1000a80800040b80388c89052',
  },
  {
    commonName: 'NHS INT Level 1C',
    pki: 'path-to-live',
    generation: 1,
    role: 'intermediate',
    serial: '5DAD8BE3',
    fingerprintSha256: '67465bf8d72d1493d441ad1bc8f08b1ec2de9771c1cc40bb09b11bb72de14c0e',
    keyIdentifier: '0006826daba61243edb60df4e63cc420c1619ba0',
  },
  {
    commonName: 'NHS DEP Level 1C',
    pki: 'path-to-live',
    generation: 1,
    role: 'intermediate',
    serial: '5DAD8A79',
    fingerprintSha256: '7e1c6b1244af68ec864f3af7fd020d052c2a096f3e58b6dec21c07a584d8ca41',
    keyIdentifier: '656e25da60b228cea3e4909f881b5789dde7203d',
  },
  {
    commonName: 'NHS Root Authority',
    pki: 'live',
    generation: 1,
    role: 'root',
    serial: '40A20FB6',
    fingerprintSha256: 'cb7f39edd261631fe95995030f793c90d3db6d84912b0ff7a1a96fedea6d9f10',
    keyIdentifier: 'e3271793cc2b9edfb556757273c2d70ba09df05b',
  },
  {
    commonName: 'NHS Level 1C',
    pki: 'live',
    generation: 1,
    role: 'intermediate',
    serial: '4F86A545',
    fingerprintSha256: 'b2a983f5284f267c9e7705af4a69387b8d2af5e281e194e6a279e033b06c7fdf',
    keyIdentifier: 'ba69a3e37ae27c3d3757526fe9f313644ce1c0b5',
  },
];

/** The NHS CA that this certificate is, bit for bit. */
export function recognise(certificate: Certificate): NhsAuthority | undefined {
  return nhsAuthorities.find(({ fingerprintSha256 }) => fingerprintSha256 === certificate.fingerprintSha256);
}

/** The NHS CA that this certificate names as its issuer; the path checks whether that is true. */
export function namedIssuer({ issuer, authorityKeyIdentifier }: Certificate): NhsAuthority | undefined {
  return nhsAuthorities.find(
    ({ commonName, keyIdentifier }) =>
      keyIdentifier === authorityKeyIdentifier && commonName.toLowerCase() === issuer.commonName?.raw().toLowerCase(),
  );
}

/** Whether the NHS's own CAs use this name. A yes proves nothing; a no means that the certificate is not from the NHS. */
export function isNhsName({ commonName, text }: DistinguishedName): boolean {
  return (
    nhsAuthorities.some((each) => each.commonName.toLowerCase() === commonName?.raw().toLowerCase()) ||
    /(^|, )O=nhs(,|$)/i.test(text)
  );
}

export interface Explanation {
  readonly message: string;
  readonly remedy: string;
}

/** Why the bundle lacks the client's issuer, if the public facts explain it. */
export function explainMissingIssuer(client: Certificate, bundle: readonly Certificate[]): Explanation | undefined {
  const issuer = namedIssuer(client);
  const known = bundle.map(recognise).filter((each) => each !== undefined);
  if (!issuer || known.length === 0) return undefined;
  const own = known.filter(({ pki }) => pki === issuer.pki);
  if (own.length === 0) {
    return {
      message: `This is ${certificateOf[issuer.pki]} against ${bundleOf[other[issuer.pki]]}.`,
      remedy: `Configure the CA bundle that belongs to the certificate (${issuer.commonName} and its root), or deploy the certificate of the environment that the bundle is for.`,
    };
  }
  if (issuer.generation === 2 && own.every(({ generation }) => generation === 1)) {
    const root = nhsAuthorities.find(
      (each) => each.pki === issuer.pki && each.role === 'root' && each.generation === 2,
    );
    return {
      message:
        'The bundle contains only the first generation of NHS certificate authorities, not the current one (G2).',
      remedy: `Add ${root?.commonName} and ${issuer.commonName} to the bundle: \`mesh-cert-monitor bundle --environment ${environmentOf[issuer.pki]}\` prints them.`,
    };
  }
  return undefined;
}

/** Why MESH in this environment will refuse a certificate whose path is otherwise valid. */
export function explainWrongEnvironment(client: Certificate, pki: NhsPki | undefined): Explanation | undefined {
  const issuer = namedIssuer(client);
  if (!issuer || pki === undefined || issuer.pki === pki) return undefined;
  return {
    message: `${nameOf(client.subject)} is ${certificateOf[issuer.pki]}, issued by ${issuer.commonName}, and MESH in this environment trusts only ${rootsOf[pki]}.`,
    remedy: 'Deploy the certificate, private key and CA bundle of this environment.',
  };
}

const other = { 'path-to-live': 'live', live: 'path-to-live' } as const;
const certificateOf = {
  'path-to-live': 'an integration (Path to Live) certificate',
  live: 'a live certificate',
} as const;
const environmentOf = { 'path-to-live': 'integration', live: 'production' } as const;
const bundleOf = { 'path-to-live': 'the integration (Path to Live) bundle', live: 'the live bundle' } as const;
const rootsOf = { 'path-to-live': 'the Path to Live roots', live: 'the live roots' } as const;

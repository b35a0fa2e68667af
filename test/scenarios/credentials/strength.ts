/** Time, strength and purpose. */
import { date, oids } from '../../support/pki.ts';
import { explicitCurve, future, leafOnly, past, type Scenario, signedWithSha1, three, withKey } from './making.ts';

export const strengthScenarios: readonly Scenario[] = [
  // Time
  { name: 'an expired client', make: three({ client: past }), findings: ['certificate_expired'] },
  { name: 'a client from the future', make: three({ client: future }), findings: ['certificate_not_yet_valid'] },
  { name: 'an expired sub CA', make: three({ sub: past }), findings: ['ca_expired'] },
  { name: 'an expired root', make: three({ root: past }), findings: ['ca_expired'] },
  { name: 'a sub CA from the future', make: three({ sub: future }), findings: ['ca_not_yet_valid'] },
  {
    name: 'a sub CA that ends first',
    make: three({ sub: { notAfter: date('2039-01-01') } }),
    findings: ['ca_expires_before_client'],
  },
  {
    name: 'everything expired',
    make: three({ root: past, sub: past, client: past }),
    findings: ['ca_expired', 'ca_expired', 'certificate_expired'],
  },

  // Strength and purpose
  { name: 'a client with RSA 1024', make: withKey('rsa-1024', 'client'), findings: ['weak_key'] },
  { name: 'a sub CA with RSA 1024', make: withKey('rsa-1024', 'sub'), findings: ['weak_key'] },
  { name: 'a root with RSA 1024', make: withKey('rsa-1024', 'root'), findings: ['weak_key'] },
  { name: 'a client with RSA 2048', make: withKey('rsa-2048', 'client'), findings: [] },
  { name: 'a client with P-384', make: withKey('ec-p384', 'client'), findings: [] },
  { name: 'a client with P-521', make: withKey('ec-p521', 'client'), findings: [] },
  { name: 'a client with Ed25519', make: withKey('ed25519', 'client'), findings: [] },
  { name: 'a root with Ed25519', make: withKey('ed25519', 'root'), findings: [] },
  {
    name: 'a client on a curve of 224 bits',
    make: three({ client: { keys: leafOnly('ec', { namedCurve: 'secp224r1' }) } }),
    findings: ['weak_key'],
  },
  {
    name: 'a client on a curve that TLS does not use',
    make: three({ client: { keys: leafOnly('ec', { namedCurve: 'secp256k1' }) } }),
    findings: [],
    openssl: 'refuses',
  },
  {
    name: 'a client whose curve is spelt out instead of named',
    make: async () => three({ client: { keys: explicitCurve() } })(),
    findings: ['public_key_unusable'],
  },
  {
    name: 'a sub CA whose curve is spelt out instead of named',
    make: async () => three({ sub: { keys: explicitCurve() } })(),
    findings: ['public_key_unusable'],
  },
  {
    name: 'a client with a DSA key',
    make: three({ client: { keys: leafOnly('dsa', { modulusLength: 2048, divisorLength: 256 }) } }),
    findings: ['weak_key'],
  },
  {
    name: 'a client with RSA-PSS',
    make: three({ client: { keys: leafOnly('rsa-pss', { modulusLength: 2048 }) } }),
    findings: [],
  },
  { name: 'a client signed with SHA-1', make: signedWithSha1('client'), findings: ['weak_signature_algorithm'] },
  { name: 'a sub CA signed with SHA-1', make: signedWithSha1('sub'), findings: ['weak_signature_algorithm'] },
  { name: 'a root signed by itself with SHA-1', make: signedWithSha1('root'), findings: [] },
  {
    name: 'a client for servers only',
    make: three({ client: { extendedKeyUsage: [oids.serverAuth] } }),
    findings: ['client_auth_not_permitted'],
  },
  {
    name: 'a client for any purpose, and none by name',
    make: three({ client: { extendedKeyUsage: [oids.anyExtendedKeyUsage] } }),
    findings: ['client_auth_not_permitted'],
  },
  { name: 'a client without extended key usage', make: three({ client: { extendedKeyUsage: null } }), findings: [] },
  {
    name: 'a sub CA for servers only',
    make: three({ sub: { extendedKeyUsage: [oids.serverAuth] } }),
    findings: ['client_auth_not_permitted'],
  },
  { name: 'a sub CA for clients only', make: three({ sub: { extendedKeyUsage: [oids.clientAuth] } }), findings: [] },
  {
    name: 'a client that may only encipher keys',
    make: three({ client: { keyUsage: ['keyEncipherment'] } }),
    findings: ['digital_signature_not_permitted'],
  },
  {
    name: 'a client that may only agree on keys',
    make: three({ client: { keyUsage: ['keyAgreement'] } }),
    findings: ['digital_signature_not_permitted'],
    openssl: 'accepts',
  },
  { name: 'a client without key usage', make: three({ client: { keyUsage: null } }), findings: [] },
];

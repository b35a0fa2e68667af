/** Everything that can be wrong with a certificate on either side, and what only looks like it. */
import type { FrontOptions } from '../fronts/index.ts';
import type { Client, Server } from './material.ts';

export interface Fault {
  readonly is: string;
  /** Default: `deployed`. `none` is an environment without `credential`. */
  readonly presents?: Client | 'none';
  /** Default: `good`. */
  readonly server?: Server;
  /** Default: `certificate`. */
  readonly demands?: FrontOptions['demands'];
  readonly crl?: 'current' | 'expired';
  readonly wrongPassword?: true;
  readonly tlsMax?: 'TLSv1.2';
}

export const faults: readonly Fault[] = [
  { is: 'nothing is wrong' },
  { is: 'the mailbox’s password is wrong', wrongPassword: true },

  { is: 'no client certificate is configured', presents: 'none' },
  { is: 'the client certificate is from a CA that the server does not know', presents: 'foreign' },
  { is: 'the client certificate has expired', presents: 'expired' },
  { is: 'the client certificate is not valid yet', presents: 'future' },
  { is: 'the client certificate is not for client authentication', presents: 'purpose' },
  { is: 'the client certificate has a key of 1024 bits', presents: 'weak' },
  { is: 'the client certificate is signed with SHA-1', presents: 'sha1' },
  { is: 'the CA above the client certificate has expired', presents: 'issuerExpired' },
  { is: 'the client certificate is revoked', presents: 'revoked', crl: 'current' },
  { is: 'nothing is wrong, and the server checks revocation', crl: 'current' },
  { is: 'the server’s own revocation list has expired', crl: 'expired' },

  { is: 'the server’s certificate has expired', server: 'expired' },
  { is: 'the server’s certificate is not valid yet', server: 'future' },
  { is: 'the server’s certificate is self-signed', server: 'selfSigned' },
  { is: 'the server’s certificate is from a CA outside the bundle', server: 'foreign' },
  { is: 'the server sends an intermediate that did not issue its certificate', server: 'wrongIntermediate' },
  { is: 'the server’s certificate is for another name', server: 'wrongName' },
  { is: 'the server’s certificate has no SAN, and a common name for another host', server: 'wrongCommonName' },
  { is: 'the server’s certificate has no SAN, and the right common name', server: 'commonName' },
  { is: 'the server leaves out its intermediate', server: 'alone' },
  { is: 'the server’s certificate has a key of 1024 bits', server: 'weak' },
  { is: 'the server’s certificate is signed with SHA-1', server: 'sha1' },

  { is: 'the server does not ask for a certificate', demands: 'never' },
  { is: 'the server asks for the certificate after the handshake', demands: 'later' },
];

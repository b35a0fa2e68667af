import type { Evidence } from '../../src/diagnosis/types.ts';
import { literal } from '../../src/text/index.ts';
import { daysFromSampleNow, sampleHandshake } from '../support/status.ts';
import { assessment, environment, evidence, failed, renewal } from './evidence.ts';
import {
  bothExpired,
  client,
  drafted,
  early,
  files,
  hoursFast,
  issued,
  late,
  live,
  liveClient,
  manual,
  ofSub,
  otherSub,
  pathToLive,
  root,
  server,
  sub,
  swapped,
  untrusted,
  untrustedFor,
} from './samples.ts';

/** Where a rule asks for more than its codes: evidence for which it holds, and evidence so close that it must not. */
export const conditions: Readonly<Record<string, { readonly holds: Evidence; readonly not: Evidence }>> = {
  'A clock that is hours off makes MESH refuse the authorization token (403)': {
    holds: evidence(['clock_skew', 'handshake_failed'], { handshake: hoursFast(3) }),
    not: evidence(['clock_skew', 'handshake_failed'], { handshake: hoursFast(1) }),
  },
  'A wrong clock makes a certificate look expired or not valid yet': {
    holds: evidence(['clock_skew', 'certificate_expired'], {
      assessment: assessment({ client: { notAfter: daysFromSampleNow(-0.01) } }),
      handshake: sampleHandshake({ clockSkewSeconds: 3600 }),
    }),
    not: evidence(['clock_skew', 'certificate_expired'], {
      assessment: assessment({ client: { notAfter: daysFromSampleNow(-1) } }),
      handshake: sampleHandshake({ clockSkewSeconds: 3600 }),
    }),
  },
  'By this machine’s clock neither our certificate nor MESH’s is valid yet': {
    holds: evidence(['certificate_not_yet_valid'], {
      handshake: failed('server_certificate_untrusted', { serverCertificates: early }),
    }),
    not: evidence(['certificate_not_yet_valid'], { handshake: failed('server_certificate_untrusted') }),
  },
  'By this machine’s clock neither a CA of ours nor MESH’s certificate is valid yet': {
    holds: evidence(['ca_not_yet_valid'], {
      handshake: failed('server_certificate_untrusted', { serverCertificates: early }),
    }),
    not: evidence(['ca_not_yet_valid'], { handshake: failed('server_certificate_untrusted') }),
  },
  'By this machine’s clock our certificate and MESH’s have both expired': {
    holds: bothExpired(),
    // What MESH said tells the time.
    not: bothExpired({ clockSkewSeconds: 0.4 }),
  },
  'Certificate and key are configured the wrong way round': {
    holds: swapped('an encrypted private key, not a certificate', 'a certificate, not a private key'),
    not: swapped('it is empty', 'a certificate, not a private key'),
  },
  'Certificate, key and bundle are in one folder, and none can be read': {
    holds: evidence(['certificate_unreadable', 'private_key_unreadable', 'ca_bundle_unreadable']),
    not: evidence(['certificate_unreadable', 'private_key_unreadable']),
  },
  'What could not be read from a store cannot be judged': {
    holds: evidence([['store_unavailable', 'critical']]),
    not: evidence(['store_unavailable']),
  },
  'A CA certificate is where the client certificate should be': {
    holds: evidence(['key_mismatch'], {
      assessment: assessment({ client: { basicConstraints: { critical: true, ca: true } } }),
    }),
    not: evidence(['key_mismatch'], {
      assessment: assessment({ client: { basicConstraints: { critical: true, ca: false } } }),
    }),
  },
  'A certificate that fits neither its key nor the bundle is the one that is wrong': {
    holds: evidence(['key_mismatch', 'chain_incomplete']),
    not: evidence(['key_mismatch', 'chain_order_wrong']),
  },
  'OpenSSL refuses what we accept, and so does the server': {
    holds: evidence(['verifiers_disagree', 'handshake_failed'], { handshake: failed('tls_protocol_mismatch') }),
    not: evidence(['verifiers_disagree', 'handshake_failed'], {
      handshake: failed('tls_protocol_mismatch'),
      assessment: assessment({ failed: ['strength'] }),
    }),
  },
  'There is no CA certificate in the bundle': {
    holds: evidence(['chain_incomplete'], {
      assessment: assessment({ client, authorities: [] }),
      handshake: untrusted(server(ofSub)),
    }),
    not: evidence(['chain_incomplete'], { assessment: assessment({ client, authorities: [root] }) }),
  },
  'Everything is from another environment, and the passphrase is this one’s': {
    holds: evidence(['chain_untrusted', 'passphrase_wrong'], { assessment: assessment({ client: live }) }),
    not: evidence(['chain_untrusted', 'passphrase_wrong'], { assessment: assessment({ client: pathToLive }) }),
  },
  'The certificate and its key are of another environment, and the bundle is right': {
    holds: evidence(['chain_untrusted', 'chain_incomplete']),
    not: evidence(['chain_untrusted']),
  },
  'Certificate, key and bundle are of another environment': {
    holds: evidence([], {
      findings: [untrustedFor(liveClient)],
      assessment: assessment({ client: liveClient }),
      handshake: untrusted(server({ issuerText: 'O=nhs, CN=NHS G3' })),
    }),
    not: evidence([], { findings: [untrustedFor(client)], assessment: assessment({ client }) }),
  },
  'The bundle has the issuer’s name with another key: it has to be replaced, and perhaps its root': {
    holds: evidence(['chain_incomplete'], {
      assessment: assessment({ client, authorities: [root, otherSub] }),
      handshake: untrusted(server(ofSub)),
    }),
    not: evidence(['chain_incomplete'], {
      assessment: assessment({ client, authorities: [root, otherSub] }),
      // What issued our certificate, under the root that the bundle has.
      handshake: failed('server_certificate_untrusted', { serverCertificates: [server(ofSub), sub] }),
    }),
  },
  'The bundle is of another environment, and the certificate is right': {
    holds: evidence(['chain_incomplete'], {
      assessment: assessment({ client: { issuerText: 'CN=Elsewhere' } }),
      handshake: failed('client_certificate_rejected', {
        serverCertificates: [server({ issuerText: 'CN=Elsewhere' })],
      }),
    }),
    not: evidence(['chain_incomplete'], { assessment: assessment({ client, authorities: [otherSub] }) }),
  },
  'MESH’s own certificate ends with the same CA': {
    holds: evidence(['ca_expires_soon'], {
      assessment: files,
      handshake: sampleHandshake({ serverCertificates: [sub] }),
    }),
    not: evidence(['ca_expires_soon'], {
      assessment: files,
      handshake: sampleHandshake({ serverCertificates: [otherSub] }),
    }),
  },
  'The server is of the other world of NHS certificates: the address is wrong, not the bundle': {
    holds: evidence(['handshake_failed'], { assessment: files, handshake: untrusted(server(live)) }),
    not: evidence(['handshake_failed'], { assessment: files, handshake: untrusted(server(pathToLive)) }),
  },
  'A server certificate of a CA that the bundle lacks: add it, do not replace': {
    holds: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'CN=Sub', authorityKeyIdentifier: 'b9' })),
    }),
    not: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'CN=Sub', authorityKeyIdentifier: 'bb' })),
    }),
  },
  'A server certificate of a stranger: TLS is inspected on the way': {
    holds: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'CN=Corporate Proxy' })),
    }),
    not: evidence(['handshake_failed'], {
      assessment: files,
      handshake: untrusted(server({ issuerText: 'O=nhs, CN=NHS G3' })),
    }),
  },
  'A server that did not ask for our certificate says nothing about it': {
    holds: evidence(['client_certificate_not_requested'], { handshake: failed('authentication_failed') }),
    not: evidence(['client_certificate_not_requested'], { environment: { ...environment, preset: 'sandbox' } }),
  },
  'A certificate that the server sends has expired already, and the handshake did not fail over it': {
    holds: evidence(['server_certificate_expires_soon'], { handshake: sampleHandshake({ serverCertificates: late }) }),
    not: evidence(['server_certificate_expires_soon'], {
      handshake: sampleHandshake({ serverCertificates: [server({ notAfter: daysFromSampleNow(1) })] }),
    }),
  },
  'Without the mailbox password or the shared key nothing can be asked': {
    holds: evidence(['handshake_failed'], {
      handshake: failed('credential_unusable', { detail: literal('mesh.password: variable X is not set') }),
    }),
    not: evidence(['handshake_failed'], { handshake: failed('credential_unusable') }),
  },
  'A 403 with the certificate of another mailbox': {
    holds: evidence(['handshake_failed', 'common_name_mailbox_mismatch'], {
      handshake: failed('authentication_failed'),
    }),
    not: evidence(['handshake_failed'], { handshake: failed('authentication_failed') }),
  },
  'A 403 with the right certificate and clock: mailbox ID, password or shared key': {
    holds: evidence(['handshake_failed'], { handshake: failed('authentication_failed') }),
    not: evidence(['handshake_failed', 'weak_key'], {
      handshake: failed('authentication_failed'),
      assessment: assessment({ failed: ['strength'] }),
    }),
  },
  'MESH refuses the certificate while our files fit each other': {
    holds: evidence(['handshake_failed'], { handshake: failed('client_certificate_rejected') }),
    not: evidence(['handshake_failed', 'key_mismatch'], {
      handshake: failed('client_certificate_rejected'),
      assessment: assessment({ failed: ['key_match'] }),
    }),
  },
  'Nothing is sent while the clock is in doubt': {
    holds: evidence(['clock_stepped', 'renewal_due'], { renewal: renewal('due', {}) }),
    not: evidence(['clock_stepped', 'renewal_due'], { renewal: drafted }),
  },
  'The desk has the request and too little time': {
    holds: evidence(['renewal_overdue'], { renewal: renewal('requested', { delivery: 'sent' }) }),
    not: evidence(['renewal_overdue'], { renewal: drafted }),
  },
  'The request is drafted, and the desk has too little time once it is sent': {
    holds: evidence(['renewal_overdue', 'renewal_due'], { renewal: drafted }),
    not: evidence(['renewal_overdue', 'renewal_due'], { renewal: renewal('due', { delivery: 'drafted' }) }),
  },
  'The new certificate is here, and it is late to deploy it': {
    holds: evidence(['renewal_overdue'], { renewal: issued }),
    not: evidence(['renewal_overdue'], { renewal: renewal('due', {}) }),
  },
  'The new certificate is here and has to be deployed (`certificate_expires_imminently`)': {
    holds: evidence(['certificate_expires_imminently'], { renewal: issued }),
    not: evidence(['certificate_expires_imminently'], { renewal: renewal('requested', { delivery: 'sent' }) }),
  },
  'The new certificate is here and has to be deployed (`certificate_expires_soon`)': {
    holds: evidence(['certificate_expires_soon'], { renewal: issued }),
    not: evidence(['certificate_expires_soon'], { renewal: renewal('requested', { delivery: 'sent' }) }),
  },
  'The desk has the request (`certificate_expires_imminently`)': {
    holds: evidence(['certificate_expires_imminently'], { renewal: renewal('requested', { delivery: 'sent' }) }),
    not: evidence(['certificate_expires_imminently'], { renewal: drafted }),
  },
  'The desk has the request (`certificate_expires_soon`)': {
    holds: evidence(['certificate_expires_soon'], { renewal: renewal('requested', { delivery: 'sent' }) }),
    not: evidence(['certificate_expires_soon'], { renewal: renewal('due', {}) }),
  },
  'Nobody has asked for the next certificate yet (`certificate_expires_imminently`)': {
    holds: evidence(['certificate_expires_imminently'], { environment: manual }),
    not: evidence(['certificate_expires_imminently']),
  },
  'Nobody has asked for the next certificate yet (`certificate_expires_soon`)': {
    holds: evidence(['certificate_expires_soon'], { environment: manual }),
    not: evidence(['certificate_expires_soon'], {
      environment: manual,
      renewal: renewal('requested', { delivery: 'sent' }),
    }),
  },
};

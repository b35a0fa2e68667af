/** TLS handshakes that fail for a reason other than a certificate: by alert, or by OpenSSL's message. */
import type { Certificate } from '../../x509/index.ts';
import type { Circumstances, Failure } from './circumstances.ts';
import { withPort } from './circumstances.ts';
import { placeOf, theProxy } from './words.ts';

type Target = Pick<Circumstances, 'host' | 'port' | 'negotiated' | 'proxy' | 'tlsMax'>;
interface Explanation {
  readonly what: string;
  readonly remedy: string;
}
type Explain = (target: Target) => Explanation;

const inItsPlace = 'a proxy or load balancer answering in its place';
const smallerHello =
  'Set `mesh.tls_groups: [X25519, P-256]` and try again: some devices cannot read the post-quantum key share in our first message. If that helps, ask the network team which device on the path this is.';

const notTls: Explain = ({ host, port, proxy }) =>
  proxy
    ? {
        what: `what answered for ${withPort(host, port)} does not speak TLS`,
        remedy: `Check that ${placeOf(proxy)} names a forward proxy, not a web server or a portal, and ask whoever runs it what it answers to CONNECT ${withPort(host, port)}. If it does open a tunnel, check the host and port in \`mesh.url\`.`,
      }
    : {
        what: `what answered on ${withPort(host, port)} does not speak TLS`,
        remedy: 'Check the host and port in `mesh.url`: something else listens on that port, usually plain HTTP.',
      };
const tooOld: Explain = ({ tlsMax }) => ({
  what: 'the server supports no version of TLS that we do',
  remedy: tlsMax
    ? 'Remove `mesh.tls_max` from this environment: the server requires a later version of TLS than it allows.'
    : `Find out what answered: MESH itself supports TLS 1.2 and later, so this is ${inItsPlace}, and it is too old.`,
});
const nothingShared: Explain = () => ({
  what: 'the server has no cipher suite, key exchange or signature algorithm in common with us',
  remedy: `Find out what answered: MESH itself has some in common with us, so this is ${inItsPlace}. NHS England’s own client offers the same cipher suites (none with RSA key exchange) and fails there too.`,
});
const cannotRead: Explain = ({ negotiated }) =>
  negotiated
    ? {
        what: 'the server could not read what we sent after its certificate',
        remedy:
          'Ask the network team whether a device on the path alters TLS traffic. If none does, report the time of the attempt to the service desk.',
      }
    : { what: 'the server could not read our first TLS message', remedy: smallerHello };
/** An alert about certificates from something that has seen none. */
const blocked: Explain = ({ host }) => ({
  what: 'the connection was refused before any client certificate could be seen',
  remedy: `Ask the network team which firewall or other device on the path refuses TLS to ${host}: MESH itself judges our certificate only after it has sent its own.`,
});
const tooWeak: Explain = () => ({
  what: 'the server uses a key that is too short',
  remedy: `Ask whoever runs the server, or ${inItsPlace}, to use keys of at least 2048 bits (elliptic curves: 256).`,
});
const damaged: Explain = () => ({
  what: 'what arrived is not what the server sent',
  remedy: 'Ask the network team which device on the path alters traffic: nothing may change inside TLS.',
});

/** RFC 8446 §6.2, RFC 5246 §7.2.2, RFC 6066, RFC 7301. */
const byAlert: Readonly<Record<string, Explain>> = {
  protocol_version: tooOld,
  inappropriate_fallback: tooOld,
  handshake_failure: nothingShared,
  insufficient_security: nothingShared,
  unrecognized_name: ({ host }) => ({
    what: `the server does not recognise the host name ${host}`,
    remedy: 'In `mesh.url`, use the host name under which the environment is documented, not an alias.',
  }),
  no_application_protocol: ({ port }) => ({
    what: 'the server does not speak HTTP/1.1 on that port',
    remedy: `Check the host and port in \`mesh.url\`: whatever listens on port ${port} requires a protocol other than HTTP/1.1, such as HTTP/2 only.`,
  }),
  internal_error: () => ({
    what: 'the server had an internal fault during the TLS handshake',
    remedy:
      'Try again in a few minutes. If it persists, report the time of the attempt to the service desk. Nothing on this machine can change it.',
  }),
  decode_error: cannotRead,
  illegal_parameter: cannotRead,
  unexpected_message: cannotRead,
  missing_extension: cannotRead,
  unsupported_extension: cannotRead,
  access_denied: blocked,
  bad_certificate: blocked,
  certificate_expired: blocked,
  certificate_required: blocked,
  certificate_revoked: blocked,
  certificate_unknown: blocked,
  unknown_ca: blocked,
  unsupported_certificate: blocked,
  record_overflow: damaged,
  bad_record_mac: damaged,
};

/** OpenSSL's own reasons, in its words. */
const byText: Readonly<Record<string, Explain>> = {
  'wrong version number': notTls,
  'packet length too long': notTls,
  'http request': notTls,
  'bad record type': notTls,
  'unexpected message': notTls,
  'unsupported protocol': tooOld,
  'unknown protocol': tooOld,
  'no protocols available': tooOld,
  'unsafe legacy renegotiation disabled': () => ({
    what: 'the other side does not support secure renegotiation (RFC 5746)',
    remedy: `Ask the network team to exempt this host from TLS inspection, or to update the device that inspects: MESH itself supports it, so this is ${inItsPlace}.`,
  }),
  'dh key too small': tooWeak,
  'ee key too small': tooWeak,
  'ca key too small': tooWeak,
  'wrong cipher returned': nothingShared,
  'no shared cipher': nothingShared,
  'no suitable signature algorithm': nothingShared,
  'no shared signature algorithms': nothingShared,
  'wrong signature type': nothingShared,
  'wrong curve': nothingShared,
  'bad signature': damaged,
  'decryption failed or bad record mac': damaged,
  'unexpected eof while reading': () => ({
    what: 'the other side ended the connection without closing TLS',
    remedy: 'Ask whoever runs the server, or the device in front of it, for its log at the time of the attempt.',
  }),
};

export function ofDisagreement(alert: string, target: Target): Failure {
  const { what, remedy } = byAlert[alert]?.(target) ?? {
    what: 'the server ended the TLS handshake',
    remedy: 'Report the time of the attempt and the name of the alert to the service desk.',
  };
  return { reason: 'tls_protocol_mismatch', detail: `${what} (TLS alert ${alert})${through(target)}`, remedy };
}

export function ofOpenssl(error: { readonly code: string; readonly message: string }, target: Target): Failure {
  const text = opensslText(error);
  const known = byText[text]?.(target);
  return {
    reason: 'tls_protocol_mismatch',
    ...(known
      ? { detail: `${known.what} (OpenSSL: ${text})${through(target)}`, remedy: known.remedy }
      : { detail: `TLS failed (OpenSSL: ${text})${through(target)}` }),
  };
}

/** Whatever is said behind a proxy may be the proxy's own. */
const through = ({ proxy }: Target): string => (proxy ? `; the connection goes through ${theProxy(proxy)}` : '');

const newCertificate = 'Request a new certificate with a 2048-bit RSA key. MESH’s CAs sign with SHA-256.';

/** Node's OpenSSL loads such a certificate. Python's, which NHS England's own client uses, does not. */
export function ofWeakSignature({ signatureAlgorithm }: Certificate): Failure {
  const detail = `the client certificate is signed with ${signatureAlgorithm}, which is too weak: NHS England’s own client refuses to load it`;
  return { reason: 'credential_unusable', detail, remedy: newCertificate };
}

/** OpenSSL cannot even start with the deployed certificates and key. */
export function ofUnusableFiles({ message }: Error): Failure {
  const text = opensslText({ code: message, message });
  const weak = weakFiles[text];
  return {
    reason: 'credential_unusable',
    detail: weak ? `${weak} (OpenSSL: ${text})` : `OpenSSL does not accept the certificate and key: ${text}`,
    ...(weak ? { remedy: newCertificate } : {}),
  };
}

const weakFiles: Readonly<Record<string, string>> = {
  'ee key too small': 'the client certificate’s key is too short to be used',
  'ca key too small': 'the key of a CA certificate is too short to be used',
  'ca md too weak': 'a certificate is signed with a hash that is too weak to be used',
};

/** `ERR_SSL_WRONG_VERSION_NUMBER`, or `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/…` → `wrong version number`. */
function opensslText({ code, message }: { readonly code: string; readonly message: string }): string {
  const text = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1];
  return (
    text ??
    code
      .replace(/^ERR_(SSL|TLS)_/, '')
      .toLowerCase()
      .replaceAll('_', ' ')
  );
}

/** Every error code and its meaning. Codes never change: scripts and log searches rely on them. */
export const errorCatalogue = {
  ERR_USAGE: 'A command was used wrongly, or its input cannot be used. The message says what to do.',
  ERR_CONFIGURATION:
    'The configuration cannot be read or is not valid. The message lists every problem and where it is.',
  ERR_SOURCE: 'A file, variable or item of a secret store named in the configuration cannot be read.',
  ERR_STORE_UNAVAILABLE: 'A secret store did not answer or refused. See [findings.md](findings.md#store_unavailable).',
  ERR_RESOURCE_SHORTAGE:
    'This process has no file descriptor or memory left, or was too busy. This says nothing about any certificate: the last known state stays.',
  ERR_LISTEN: 'The HTTP server cannot listen: its address is in use, or its key and certificate cannot be used.',
  ERR_STORE: 'The record of renewals cannot be read or written. Nothing was sent.',
  ERR_STORE_LOCKED: 'Another process uses the same `state_dir` and may send requests from it, so this one may not.',
  ERR_STORE_BUSY:
    'Another process keeps the database of renewals locked at this moment. Nothing was sent; it is tried again.',
  ERR_STORE_REPLACED:
    'The state directory was removed or replaced while the service runs, so nothing is sent. See [findings.md](findings.md#state_replaced).',
  ERR_FOREIGN_DATABASE:
    'A file in `state_dir` is the database of another program. Nothing is kept in it, and the service works without.',
  ERR_DEADLINE: 'A check took too long and was abandoned. The last known state stays.',
  ERR_THREAD_DEADLINE:
    'Work on a credential used up its time or memory and was ended. See [findings.md](findings.md#check_given_up).',
  ERR_CERTIFICATE_MALFORMED: 'The data is not a valid X.509 certificate. The message says where it is wrong.',
  ERR_DER: 'The data is not DER, or not the DER that was expected.',
  ERR_PRIVATE_KEY: 'The private key cannot be used: it is damaged, or its passphrase is missing or wrong.',
  ERR_PHASE_TIMEOUT: 'A phase of a handshake took longer than `mesh.timeouts` allows.',
  ERR_NO_ADDRESS_ANSWERED: 'None of the host’s addresses accepted a connection.',
  ERR_LOOKUP_HELPER: 'The process that looks up names could not be started, or ended. Names are looked up without it.',
  ERR_PROXY_CONFIGURATION: 'The HTTP proxy is not configured correctly.',
  ERR_TUNNEL_REFUSED: 'The HTTP proxy refused to open a tunnel.',
  ERR_TUNNEL_BROKEN: 'The HTTP proxy closed the connection instead of opening a tunnel, or does not speak HTTP.',
  ERR_CONNECTION_CLOSED: 'The server closed the connection without a response.',
  ERR_SERVER_NOT_VERIFIED: 'The certificate of the MESH server could not be verified, so nothing was sent to it.',
  ERR_HANDSHAKE: 'A handshake failed for one of the reasons in [handshake.md](handshake.md).',
  ERR_REQUEST_REFUSED: 'A certificate request could not be created correctly, so it is not sent.',
  ERR_ENCLOSURE_REFUSED:
    'A file to be enclosed with a request contains a private key or is named like a keystore, so it is not sent.',
  ERR_MESSAGE_FIELD_UNSAFE:
    'A configured value would add a header, a line or a recipient to a message, so the message is not written.',
  ERR_NOT_INSTALLABLE: 'A deployed file cannot be replaced by `accept --install`. Nothing was changed.',
  ERR_NOT_WRITABLE: 'An item of a secret store cannot be written. The message says why.',
  ERR_WRITE_REFUSED:
    'Nothing was written to secret stores. The message says where and why, which permission is missing, and what could not be put back.',
  ERR_PACKAGE_MISSING: 'A package that only one command needs is not installed. The message says how to install it.',
} as const satisfies Readonly<Record<`ERR_${string}`, string>>;

export type ErrorCode = keyof typeof errorCatalogue;

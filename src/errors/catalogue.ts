/** Every code that an error of ours can carry, and what it means. Codes never change: scripts and log searches rely on them. */
export const errorCatalogue = {
  ERR_USAGE:
    'A command was called wrongly, or something that it was given cannot be used. The message says what to do.',
  ERR_CONFIGURATION: 'The configuration cannot be read or is wrong. The message lists every problem with its place.',
  ERR_SOURCE: 'A file or variable that the configuration names cannot be read.',
  ERR_RESOURCE_SHORTAGE:
    'This process has no file descriptor or memory left, or was too busy. That says nothing about any certificate: the last known state stays.',
  ERR_LISTEN: 'The HTTP server cannot listen: its address is taken, or its key and certificate cannot be used.',
  ERR_STORE: 'The record of renewals cannot be read or written. Nothing was sent.',
  ERR_STORE_LOCKED: 'Another process uses the same `state_dir` and may send requests from it, so this one may not.',
  ERR_DEADLINE: 'A check took longer than it may and was given up. The last known state stays.',
  ERR_CERTIFICATE_MALFORMED: 'The bytes are not an X.509 certificate. The message says where they depart from one.',
  ERR_DER: 'The bytes are not DER, or not the DER that belongs there.',
  ERR_PRIVATE_KEY: 'There is no private key that can be used: it is damaged, or its passphrase is missing or wrong.',
  ERR_PHASE_TIMEOUT: 'A phase of a handshake took longer than `mesh.timeouts` allows.',
  ERR_NO_ADDRESS_ANSWERED: 'The host has addresses, and none of them let us in.',
  ERR_PROXY: 'The HTTP proxy is configured wrongly, or did not open a tunnel.',
  ERR_CONNECTION_CLOSED: 'The other side closed the connection without a word.',
  ERR_HANDSHAKE: 'A handshake ended in one of the reasons of [handshake.md](handshake.md).',
  ERR_REQUEST_REFUSED: 'A certificate request could not be made as it has to be, and is not sent.',
  ERR_ENCLOSURE_REFUSED: 'A file that is to be enclosed with a request holds a private key, and is not sent.',
  ERR_MESSAGE_FIELD_UNSAFE:
    'A configured value would add a header, a line or a recipient to a message, which is not written.',
  ERR_NOT_INSTALLABLE: 'A deployed file cannot be replaced by `accept --install`. Nothing was changed.',
  ERR_PACKAGE_MISSING: 'A package that only one command needs is not installed. The message says how to add it.',
} as const satisfies Readonly<Record<`ERR_${string}`, string>>;

export type ErrorCode = keyof typeof errorCatalogue;

/**
 * Refuses a client certificate as MESH's internet endpoints do: with a TLS alert, before the handshake is complete. Node's own server
 * completes the handshake and then hangs up, which tells the client nothing. So this holds back the server's last flight until the
 * certificate has been judged, and sends the alert instead (RFC 5246 §7.2.2).
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';

const record = { changeCipherSpec: 20, alert: 21 } as const;
const recordHeaderBytes = 5;
const fatal = 2;

/** RFC 5246 §7.2. */
export const alert = { handshakeFailure: 40, certificateExpired: 45, unknownCa: 48 } as const;

/**
 * The server side of TLS 1.2 over `raw`. `judge` returns the alert to refuse the client with, or undefined to accept it.
 * One TLS server per connection is not fast, but it is the only way with public APIs to tie a verdict to its connection.
 */
export function acceptOrRefuse(
  raw: Socket,
  options: TlsOptions,
  { judge, accept }: { judge: (socket: TLSSocket) => number | undefined; accept: (socket: TLSSocket) => void },
): void {
  const held = new HeldBack(raw);
  createServer({ ...options, maxVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false })
    .on('tlsClientError', () => {})
    .on('secureConnection', (socket) => {
      socket.on('error', () => {});
      const refusal = judge(socket);
      if (refusal === undefined) {
        held.release();
        accept(socket);
      } else {
        raw.end(Buffer.from([record.alert, 3, 3, 0, 2, fatal, refusal]));
        socket.destroy();
      }
    })
    .emit('connection', held);
}

/** Passes everything on until our first ChangeCipherSpec, which begins the flight that completes the handshake. */
class HeldBack extends Duplex {
  readonly #raw: Socket;
  #held: Buffer[] | undefined;
  #released = false;

  constructor(raw: Socket) {
    super();
    this.#raw = raw;
    raw.on('data', (chunk) => this.push(chunk) || raw.pause());
    raw.on('end', () => this.push(null));
    raw.on('error', (error) => this.destroy(error));
    raw.on('close', () => this.destroy());
  }

  release(): void {
    this.#released = true;
    for (const chunk of this.#held ?? []) this.#raw.write(chunk);
    this.#held = undefined;
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#released) return void this.#raw.write(chunk, () => done());
    const from = this.#held ? 0 : firstChangeCipherSpec(chunk);
    if (from > 0) this.#raw.write(chunk.subarray(0, from));
    if (from < chunk.length) this.#held = [...(this.#held ?? []), chunk.subarray(from)];
    done();
  }

  override _final(done: () => void): void {
    this.#raw.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // After an alert the raw socket ends by itself, once the alert has been sent.
    if (!this.#raw.writableEnded) this.#raw.destroy();
    done(error);
  }
}

/** Offset of the record, or the length if there is none. Node writes whole records. */
function firstChangeCipherSpec(flight: Buffer): number {
  let offset = 0;
  while (offset < flight.length && flight[offset] !== record.changeCipherSpec) {
    offset += recordHeaderBytes + flight.readUInt16BE(offset + 3);
  }
  return Math.min(offset, flight.length);
}

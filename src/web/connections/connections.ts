/** All open connections, and which of them to close when they take too much. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback } from '../../config/index.ts';
import { connectionArrived } from '../answers/turns.ts';
import { Connection, type Cut } from './connection.ts';
import { limits } from './limits.ts';
import { peerOf, unmapped } from './peer.ts';
import { victimOf } from './victim.ts';

export interface ConnectionsOptions {
  readonly most: number;
  readonly overTls: boolean;
  readonly handler: RequestListener;
  /** Called for each connection that is closed early. */
  readonly cut: (why: Cut, peer: string) => void;
  /** Whether an address belongs to a proxy, so that many clients share it. */
  readonly isProxy?: (address: string) => boolean;
  /** Milliseconds of a monotonic clock. */
  readonly clock?: () => number;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #clock: () => number;
  readonly #all = new Set<Connection>();
  readonly #bySocket = new WeakMap<Socket, Connection>();
  readonly #byAddress = new Map<string, Connection>();
  readonly #counts = new Map<string, number>();
  #ending = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
  }

  get size(): number {
    return this.#all.size;
  }

  /** A new TCP connection always gets a place: it may be the operator who wants to know what is going on. */
  readonly open = (socket: Socket): void => {
    // Without an address, it is closed already.
    if (socket.remoteAddress === undefined || this.#ending) return void socket.destroy();
    connectionArrived();
    const client = unmapped(socket.remoteAddress);
    const peer = peerOf(client);
    this.#makeRoomFor(peer, isLoopback(client) || this.#options.isProxy?.(client) === true);
    const connection = new Connection(socket, peer, this.#options.overTls ? 'handshake' : 'head', this.#clock());
    const address = addressOf(socket);
    this.#all.add(connection);
    this.#bySocket.set(socket, connection);
    this.#byAddress.set(address, connection);
    this.#counts.set(peer, this.#countOf(peer) + 1);
    socket.once('close', () => {
      this.#forget(connection);
      if (this.#byAddress.get(address) === connection) this.#byAddress.delete(address);
    });
  };

  /** The TLS handshake on one of them is done. */
  readonly secured = (socket: Socket): void => {
    // Node does not say which accepted socket is underneath. No two share both address and port.
    const connection = this.#byAddress.get(addressOf(socket));
    if (!connection || !this.#all.has(connection)) return void socket.destroy();
    connection.socket = socket;
    this.#bySocket.set(socket, connection);
    connection.enter('head', this.#clock());
  };

  /** @returns false if the request is one too many ahead of the responses, or follows the last one. */
  readonly mayBegin = (socket: Socket): boolean => this.#bySocket.get(socket)?.mayBegin() ?? false;

  /** One response at a time on each connection, so that at most one is in memory. */
  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = this.#bySocket.get(request.socket);
    if (!connection) return void request.socket.destroy();
    if (connection.isLast(this.#clock()) || hasBody(request)) {
      connection.closing = true;
      response.setHeader('Connection', 'close');
    }
    const begin = () => {
      connection.enter('answering', this.#clock());
      response.once('close', () => this.#answered(connection));
      this.#options.handler(request, response);
    };
    if (connection.phase === 'answering') connection.waiting.push(begin);
    else begin();
  };

  /** Call this about once a second. */
  sweep(): void {
    const nowMs = this.#clock();
    for (const connection of this.#all) {
      const why = connection.judge(nowMs);
      if (why) this.#cut(connection, why);
    }
    this.#dropUnread();
  }

  /** Closes every connection after its next response, because the client certificate may no longer be accepted. */
  retire(): void {
    for (const connection of this.#all) {
      connection.closing = true;
      if (connection.phase !== 'answering') connection.socket.destroy();
    }
  }

  /** Accepts no new connections, and closes open ones: idle ones at once, others after their response. */
  end(): void {
    this.#ending = true;
    this.retire();
  }

  endNow(): void {
    for (const { socket } of this.#all) socket.destroy();
  }

  #answered(connection: Connection): void {
    connection.answered(this.#clock());
    if (!this.#all.has(connection)) return;
    if (connection.closing) connection.socket.end();
    else connection.waiting.shift()?.();
  }

  #makeRoomFor(peer: string, shared: boolean): void {
    const { most } = this.#options;
    const mostOfPeer = shared ? most : Math.ceil(most * limits.shareOfOnePeer);
    const ofPeer = this.#countOf(peer) >= mostOfPeer;
    if (!ofPeer && this.#all.size < most) return;
    const crowd = ofPeer ? [...this.#all].filter((each) => each.peer === peer) : this.#all;
    const victim = victimOf(crowd);
    if (victim) this.#cut(victim, 'too many connections');
  }

  /** Those that have been read least recently go first. */
  #dropUnread(): void {
    let unread = 0;
    for (const { unreadBytes } of this.#all) unread += unreadBytes;
    if (unread <= limits.unreadBytes) return;
    const since = ({ stalledSinceMs }: Connection) => stalledSinceMs ?? Number.POSITIVE_INFINITY;
    for (const connection of [...this.#all].sort((a, b) => since(a) - since(b) || b.unreadBytes - a.unreadBytes)) {
      if (unread <= limits.unreadBytes) return;
      unread -= connection.unreadBytes;
      this.#cut(connection, 'too much unread');
    }
  }

  #cut(connection: Connection, why: Cut): void {
    this.#forget(connection);
    connection.closing = true;
    connection.socket.destroy();
    this.#options.cut(why, connection.peer);
  }

  #forget(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    const left = this.#countOf(connection.peer) - 1;
    if (left > 0) this.#counts.set(connection.peer, left);
    else this.#counts.delete(connection.peer);
  }

  readonly #countOf = (peer: string): number => this.#counts.get(peer) ?? 0;
}

const addressOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;

/** No route needs a body, so the service does not wait for one. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Requests that a client sends without waiting for responses. Node reads 64 KiB at a time and creates all requests in it, up to 1,700, before
 * it calls any of our code. The parser can only stop earlier at a request that upgrades to another protocol. So the first request that is
 * one too many pretends to be an upgrade, and Node, which has no handler for upgrades here, closes the connection.
 */
import { IncomingMessage, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';

/** @param mayBegin - called once for each request, when its headers have been read. */
export function againstPipelining(
  mayBegin: (socket: Socket) => boolean,
): Pick<ServerOptions, 'IncomingMessage' | 'shouldUpgradeCallback'> {
  class BoundedRequest extends IncomingMessage {
    readonly isTooMany: boolean;
    #upgrade: unknown;

    constructor(socket: Socket) {
      super(socket);
      this.isTooMany = !mayBegin(socket);
    }

    /** Node's own property, which its parser sets and reads. */
    get upgrade(): unknown {
      return #upgrade in this && (this.#upgrade || this.isTooMany);
    }
    set upgrade(asked: unknown) {
      // Node's constructor sets it before this class has its private field.
      if (#upgrade in this) this.#upgrade = asked;
    }
  }
  return {
    IncomingMessage: BoundedRequest,
    // A real `Upgrade` header is ignored (RFC 9110 §7.8).
    shouldUpgradeCallback: (request) => request instanceof BoundedRequest && request.isTooMany,
  };
}

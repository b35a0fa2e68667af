/**
 * Requests that a client sends without waiting for answers. Node reads them 64 KiB at a time and makes a request and an answer of each,
 * 1,700 at a blow, before anything of ours is asked. The parser has one way to stop in the middle of what was read: a request that
 * becomes another protocol. So the first that is too many claims to be one, and Node, having nobody for that protocol, ends the connection.
 */
import { IncomingMessage, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';

/** @param mayBegin - asked once for each request, when its head has been read. */
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

    /** Node's own field, which its parser sets and reads. */
    get upgrade(): unknown {
      return #upgrade in this && (this.#upgrade || this.isTooMany);
    }
    set upgrade(asked: unknown) {
      // Node's constructor sets it before ours has made the field.
      if (#upgrade in this) this.#upgrade = asked;
    }
  }
  return {
    IncomingMessage: BoundedRequest,
    // An honest `Upgrade` header is ignored (RFC 9110 §7.8): nothing else is spoken here.
    shouldUpgradeCallback: (request) => request instanceof BoundedRequest && request.isTooMany,
  };
}

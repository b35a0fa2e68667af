import type { Socket } from 'node:net';

/** Every socket that one probe opens, so that none outlives it. */
export class Sockets {
  readonly #opened: { readonly socket: Socket; readonly closed: Promise<void> }[] = [];

  add<S extends Socket>(socket: S): S {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    this.#opened.push({ socket, closed });
    return socket;
  }

  /**
   * Settles when the handles are gone: a destroyed socket reports that it is closed before its handle is. A TLS socket goes before the one
   * beneath it, because Node 24 crashes the other way round.
   */
  async close(): Promise<void> {
    for (const { socket, closed } of this.#opened.reverse()) {
      socket.destroy();
      await closed;
    }
  }
}

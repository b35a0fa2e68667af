/** What every stand-in for a store has: a port on loopback, an end, and a memory of what it was asked. */
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** @returns the port. */
export async function listening(server: HttpServer | HttpsServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export function closed(server: HttpServer | HttpsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export interface Asked {
  note(what: string): void;
  /** What was asked since the last time, in order. */
  asked(): string[];
}

export function remembering(): Asked {
  let all: string[] = [];
  return {
    note: (what) => void all.push(what),
    asked() {
      const before = all;
      all = [];
      return before;
    },
  };
}

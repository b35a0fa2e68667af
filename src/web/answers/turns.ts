/**
 * Turns of the event loop for long responses. Each turn writes one piece of one response, so that `/health/live` and the checks never wait
 * longer than that, however many requests there are.
 */
import type { IncomingMessage } from 'node:http';
import { peerOf } from '../connections/peer.ts';

interface Waiting {
  /** Later requests have higher ones. */
  readonly number: number;
  readonly resolve: () => void;
}

/** By peer, in the order of their turns. One for the process, because there is one event loop. */
const queues = new Map<string, Waiting[]>();
let requests = 0;

/** A connection has been accepted since the last turn was due. */
let hasArrived = false;
/** When connections were last given precedence. */
let heldAtMs = Number.NEGATIVE_INFINITY;
/** Connections go first for so long, and then the responses for as long. */
const holdMs = 50;

/**
 * Someone has connected, perhaps to ask for `/health/live`. libuv accepts one connection in each turn of the event loop, so behind hundreds
 * of others it would wait for a piece of a response for each of them. While connections arrive, no piece is written for up to 50 ms; then
 * pieces are written for as long, so that whoever connects without end does not hold up everybody's responses.
 */
export function connectionArrived(): void {
  hasArrived = true;
}

function connectionsGoFirst(nowMs: number): boolean {
  if (!hasArrived) return false;
  hasArrived = false;
  if (nowMs - heldAtMs >= 2 * holdMs) heldAtMs = nowMs;
  return nowMs - heldAtMs < holdMs;
}

/**
 * For the response to one request: resolves when its turn comes. Peers take turns. Within a peer the latest request goes first, so that
 * someone who asks after a thousand others gets a response before giving up, as the thousand probably have.
 */
export function turnsOf({ socket }: Pick<IncomingMessage, 'socket'>): () => Promise<void> {
  const peer = peerOf(socket.remoteAddress ?? '');
  requests += 1;
  const number = requests;
  return () =>
    new Promise((resolve) => {
      const queue = queues.get(peer);
      if (queue) queue.push({ number, resolve });
      else queues.set(peer, [{ number, resolve }]);
      if (queues.size === 1 && !queue) setImmediate(give);
    });
}

function give(): void {
  if (connectionsGoFirst(performance.now())) {
    setImmediate(give);
    return;
  }
  const [next] = queues;
  if (!next) return;
  const [peer, queue] = next;
  queues.delete(peer);
  const latest = queue.reduce((a, b) => (b.number > a.number ? b : a));
  queue.splice(queue.indexOf(latest), 1);
  // To the back of the rotation.
  if (queue.length > 0) queues.set(peer, queue);
  latest.resolve();
  if (queues.size > 0) setImmediate(give);
}

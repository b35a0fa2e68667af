/**
 * Turns of the event loop for answers that take long to write. One piece of one answer in each turn, so that `/health/live` and the checks
 * never wait for more than that, however many ask at once.
 */
import type { IncomingMessage } from 'node:http';
import { peerOf } from '../connections/peer.ts';

interface Waiting {
  /** Later requests have higher ones. */
  readonly number: number;
  readonly resolve: () => void;
}

/** By peer, in the order in which they come next. One for the process, as its loop is one. */
const queues = new Map<string, Waiting[]>();
let requests = 0;

/**
 * For the answer to one request: resolves when its turn comes. Peers take turns; of one peer the latest request goes first, so that a
 * person who comes after a thousand others is answered before he gives up, as the thousand have done.
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
  const [next] = queues;
  if (!next) return;
  const [peer, queue] = next;
  queues.delete(peer);
  const latest = queue.reduce((a, b) => (b.number > a.number ? b : a));
  queue.splice(queue.indexOf(latest), 1);
  // Behind the other peers.
  if (queue.length > 0) queues.set(peer, queue);
  latest.resolve();
  if (queues.size > 0) setImmediate(give);
}

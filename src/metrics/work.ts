/** What is waiting, and what the last cycle took. */

export const queueNames = ['checks', 'handshakes', 'renewals'] as const;

export interface Work {
  /** Environments whose check, handshake or renewal is waiting or under way. */
  readonly queues: Readonly<Record<(typeof queueNames)[number], number>>;
  /** What the last cycle took; 0 until the first has ended. */
  readonly cycleSeconds: number;
}

export const idle: Work = { queues: { checks: 0, handshakes: 0, renewals: 0 }, cycleSeconds: 0 };

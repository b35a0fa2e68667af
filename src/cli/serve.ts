import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfiguration } from '../config/index.ts';
import { version } from '../installation/index.ts';
import { createLog, type Log } from '../monitor/index.ts';
import { StoreLockedError } from '../renewal/index.ts';
import { isServiceProblem, type Service, startService } from '../service/index.ts';
import { escapedLines } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { endAfter, endSoon, mostMs } from './end.ts';
import { gathered } from './gathered.ts';
import { saveMemory } from './memory-flags.ts';
import type { ServeOptions } from './options.ts';

/** Runs until SIGTERM or SIGINT. The log goes to stderr; nothing goes to stdout. */
export async function run({ config, wait }: ServeOptions, { env, now, stderr, unread }: CommandIo): Promise<ExitCode> {
  // Set up first, so that the service also stops cleanly while it is starting, and SIGHUP does not end it.
  const told = untilToldToStop();
  let service: Service | undefined;
  const reload = () => void service?.reload();
  process.on('SIGHUP', reload);
  const lines = gathered(stderr);
  process.once('exit', lines.flush);
  const log = createLog(lines.write, unread);
  // The cron library reports a slightly late run on the console; log it like anything else.
  console.warn = (...words: unknown[]) => log.warn({ warning: words.join(' ') }, 'library');
  const start = () =>
    startService({
      load: async (how) => {
        const loaded = await loadConfiguration(config, how);
        saveMemory(loaded.environments.length);
        return loaded;
      },
      env,
      now,
      log,
      build: { version, nodeVersion: process.version.slice(1) },
    });
  service = await whenFree(start, { waitMs: wait, told, log }).catch((error: unknown) => {
    lines.flush();
    throw isServiceProblem(error) ? new UsageError(escapedLines(error.message)) : error;
  });
  await told;
  process.off('SIGHUP', reload);
  const running = (await service?.stop()) ?? [];
  lines.flush();
  const code = running.length > 0 ? exitCode.unknown : exitCode.ok;
  endSoon(code);
  return code;
}

const tryAgainEveryMs = 500;

/**
 * Starts the service, or waits until another process has released the state directory: a rolling deployment starts the new one first.
 * @returns undefined if told to stop while waiting.
 */
async function whenFree(
  start: () => Promise<Service>,
  { waitMs, told, log }: { waitMs: number; told: Promise<void>; log: Log },
): Promise<Service | undefined> {
  const until = performance.now() + waitMs;
  let stopped = false;
  void told.then(() => {
    stopped = true;
  });
  for (let tries = 0; !stopped; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof StoreLockedError) || performance.now() >= until) throw error;
      if (tries === 0) log.warn({ error: error.message }, 'waiting for the other process to end');
    }
    await Promise.race([told, sleep(tryAgainEveryMs)]);
  }
  return undefined;
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      // From now on, because the service may also hang while it is starting.
      endAfter(mostMs - 500, exitCode.unknown);
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  });
}

import { loadConfiguration } from '../config/index.ts';
import { createLog } from '../monitor/index.ts';
import { isServiceProblem, type Service, startService } from '../service/index.ts';
import { escapedLines } from '../text/index.ts';
import { version } from '../version.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { endAfter, endSoon, mostMs } from './end.ts';
import type { ServeOptions } from './options.ts';

/** Runs until SIGTERM or SIGINT. The log goes to stderr, for it is diagnostics; nothing goes to stdout. */
export async function run({ config }: ServeOptions, { env, now, stderr, unread }: CommandIo): Promise<ExitCode> {
  // From the first moment: a service that is told to stop while it starts has to stop cleanly too, and SIGHUP must not end it.
  const told = untilToldToStop();
  let service: Service | undefined;
  const reload = () => void service?.reload();
  process.on('SIGHUP', reload);
  const log = createLog(stderr, unread);
  // The cron library tells of a turn that came a moment late on the console: that is a line of the log like any other.
  console.warn = (...words: unknown[]) => log.warn({ warning: words.join(' ') }, 'library');
  service = await startService({
    load: () => loadConfiguration(config),
    env,
    now,
    log,
    build: { version, nodeVersion: process.version.slice(1) },
  }).catch((error: unknown) => {
    throw isServiceProblem(error) ? new UsageError(escapedLines(error.message)) : error;
  });
  await told;
  process.off('SIGHUP', reload);
  const running = await service.stop();
  const code = running.length > 0 ? exitCode.unknown : exitCode.ok;
  endSoon(code);
  return code;
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      // From here on, though what it waits for may hang while it starts.
      endAfter(mostMs - 500, exitCode.unknown);
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  });
}

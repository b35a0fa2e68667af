import { loadConfiguration } from '../config/load.ts';
import { ConfigurationError } from '../config/problems.ts';
import { createLog } from '../monitor/log.ts';
import { type Service, startService } from '../monitor/service.ts';
import { StoreError } from '../renewal/store.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import type { ServeOptions } from './options.ts';
import { version } from './version.ts';

/** Runs until SIGTERM or SIGINT. The log goes to stderr, for it is diagnostics; nothing goes to stdout. */
export async function run({ config }: ServeOptions, { env, now, stderr }: CommandIo): Promise<ExitCode> {
  const service = await startService({
    load: () => loadConfiguration(config),
    env,
    now,
    log: createLog(stderr),
    build: { version, nodeVersion: process.version.slice(1) },
  }).catch((error: unknown) => {
    throw asUsageError(error);
  });
  await untilToldToStop(service);
  return exitCode.ok;
}

async function untilToldToStop(service: Service): Promise<void> {
  const reload = () => void service.reload();
  process.on('SIGHUP', reload);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  process.off('SIGHUP', reload);
  await service.stop();
}

/** What an operator can mend is said without a stack. */
function asUsageError(error: unknown): unknown {
  if (error instanceof ConfigurationError || error instanceof StoreError) return new UsageError(error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  return ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND'].includes(code ?? '')
    ? new UsageError(`http.listen: ${message}`)
    : error;
}

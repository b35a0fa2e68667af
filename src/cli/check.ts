import type { Configuration, ResolvedEnvironment } from '../config/types.ts';
import { checkOnce, type OnceOptions } from '../monitor/once.ts';
import { viewRenewal } from '../renewal/engine.ts';
import { databaseExists, openReader, StoreError } from '../renewal/store.ts';
import { checkReport, worstStatus } from '../report/json.ts';
import { nagiosLine, nagiosUnknown } from '../report/nagios.ts';
import { checkText } from '../report/text.ts';
import type { EnvironmentStatus } from '../status/types.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { CheckOptions } from './options.ts';

export async function run(options: CheckOptions, io: CommandIo): Promise<ExitCode> {
  const { stateDir, chosen } = await choose(options, io);
  const at = options.at ?? io.now();
  // The authorization token of a handshake carries the time: at another time than now MESH would rightly refuse it.
  const offline = options.offline || options.at !== undefined;
  const renewals = recordOfRenewals(stateDir, io);
  const now = offline ? () => at : io.now;
  const statuses = await checkOnce(chosen, { offline, env: io.env, now, renewal: renewals.view });
  renewals.close();
  io.stdout(render(options, chosen, statuses, at, io));
  return exitCode[worstStatus(statuses.map(({ status }) => status))];
}

interface Chosen {
  readonly stateDir: string;
  readonly chosen: readonly ResolvedEnvironment[];
}

async function choose(options: CheckOptions, io: CommandIo): Promise<Chosen> {
  try {
    const configuration = await loadForCommand(options.config, io);
    return { stateDir: configuration.stateDir, chosen: chosenFrom(configuration, options.environment) };
  } catch (error) {
    // A monitoring system shows what is on stdout; without this line it shows nothing.
    if (options.format === 'nagios' && error instanceof UsageError) io.stdout(nagiosUnknown(firstLine(error.message)));
    throw error;
  }
}

/** In the order of the configuration, each once, however they were named. */
function chosenFrom(
  configuration: Configuration,
  names: readonly string[] | undefined,
): readonly ResolvedEnvironment[] {
  const wanted = new Set(names?.map((name) => findEnvironment(configuration, name)));
  return names
    ? configuration.environments.filter((environment) => wanted.has(environment))
    : configuration.environments;
}

function render(
  { format }: CheckOptions,
  environments: readonly ResolvedEnvironment[],
  statuses: readonly EnvironmentStatus[],
  at: Date,
  io: CommandIo,
): string {
  if (format === 'text') return checkText(statuses, at, io);
  if (format === 'json') return `${JSON.stringify(checkReport(statuses, at, io.now()), undefined, 2)}\n`;
  const thresholds = new Map(environments.map((each) => [each.name, each.thresholds]));
  return nagiosLine(statuses, (name) => thresholds.get(name), at);
}

/** Where the service has left a record, what stands in it is shown too; where it cannot be read, that is a word on stderr and no verdict. */
function recordOfRenewals(stateDir: string, io: CommandIo) {
  const unlessBroken = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      io.stderr(`nothing is said of renewals: ${error.message}\n`);
      return undefined;
    }
  };
  let reader = databaseExists(stateDir) ? unlessBroken(() => openReader(stateDir)) : undefined;
  const view: OnceOptions['renewal'] = (input, now) => {
    const open = reader;
    if (!open) return undefined;
    const step = unlessBroken(() => viewRenewal(input, open, stateDir, now));
    if (!step) reader = undefined;
    return step;
  };
  return { view, close: () => reader?.close() };
}

const firstLine = (text: string) => text.split('\n', 1).join('');

import type { Configuration, ResolvedEnvironment } from '../config/index.ts';
import { worstStatus } from '../findings/index.ts';
import { checkOnce } from '../monitor/index.ts';
import { openViewer } from '../renewal/index.ts';
import {
  checkReport,
  checkText,
  type NotJudged,
  nagiosLine,
  nagiosUnknown,
  type PluginFacts,
} from '../report/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { escaped, escapedLines, joined, jsonText, type SafeText, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { CheckOptions } from './options.ts';
import { progressOf } from './progress.ts';
import { serviceView } from './service-view.ts';

export async function run(options: CheckOptions, io: CommandIo): Promise<ExitCode> {
  try {
    if (options.service === undefined) return await check(options, io);
    return await (await import('./check-service.ts')).checkService(options, io);
  } catch (error) {
    // Monitoring systems show standard output; without this line they would show nothing.
    if (options.format === 'nagios' && (error instanceof UsageError || error instanceof ResourceShortageError))
      io.stdout(nagiosUnknown(escapedLines(error.message)));
    throw error;
  }
}

/** @throws {ResourceShortageError} if this process could not check any environment. That says nothing about any certificate. */
async function check(options: CheckOptions, io: CommandIo): Promise<ExitCode> {
  refuseServiceOptions(options);
  const { configuration, chosen } = await choose(options, io);
  const at = options.at ?? io.now();
  // A handshake's authorization token contains the time, so MESH would refuse any time other than now.
  const offline = options.offline || options.at !== undefined;
  const renewals = openViewer(configuration, ({ message }) => io.stderr(say`renewals are not reported: ${message}\n`));
  const now = offline ? () => at : io.now;
  const shortages = new Map<string, ResourceShortageError>();
  const progress = progressOf(
    chosen.map(({ name }) => name),
    io,
  );
  const statuses = await checkOnce(chosen, {
    configurationFile: configuration.path,
    offline,
    env: io.env,
    now,
    renewal: renewals.view,
    onShortage: (name, shortage) => shortages.set(name, shortage),
    onChecked: progress.done,
  })
    .finally(progress.end)
    .finally(renewals.close);
  const [shortage] = shortages.values();
  if (shortage && statuses.length === 0) throw shortage;
  const notJudged = [...shortages].map(([name, { message }]) => ({ name: escaped(name), why: escaped(message) }));
  io.stdout(render(options, { chosen, statuses, notJudged }, at, io));
  if (options.format === 'text' && !options.at) await addServiceView(configuration, statuses, io);
  const worst = worstStatus(statuses.map(({ status }) => status));
  // What nobody could look at may be as bad as anything but what is known to be critical.
  return notJudged.length > 0 && worst !== 'critical' ? exitCode.unknown : exitCode[worst];
}

async function addServiceView(
  configuration: Configuration,
  statuses: readonly EnvironmentStatus[],
  io: CommandIo,
): Promise<void> {
  for (const line of await serviceView(configuration, statuses, io.now())) io.stderr(line);
}

interface Chosen {
  readonly configuration: Configuration;
  readonly chosen: readonly ResolvedEnvironment[];
}

/** They would have no effect, and somebody may believe that the service was asked. */
function refuseServiceOptions({ caBundle, passwordEnv, passwordFile, username }: CheckOptions): void {
  if ([caBundle, passwordEnv, passwordFile, username].some((given) => given !== undefined))
    throw new UsageError(say`--username, --password-file, --password-env and --ca-bundle need --service`);
}

async function choose(options: CheckOptions, io: CommandIo): Promise<Chosen> {
  const configuration = await loadForCommand(options.config ?? '', io);
  return { configuration, chosen: chosenFrom(configuration, options.environment) };
}

/** In the order of the configuration, each one once. */
function chosenFrom(
  configuration: Configuration,
  names: readonly string[] | undefined,
): readonly ResolvedEnvironment[] {
  const wanted = new Set(names?.map((name) => findEnvironment(configuration, name)));
  return names
    ? configuration.environments.filter((environment) => wanted.has(environment))
    : configuration.environments;
}

interface Checked {
  readonly chosen: readonly ResolvedEnvironment[];
  readonly statuses: readonly EnvironmentStatus[];
  readonly notJudged: readonly NotJudged[];
}

function render({ format }: CheckOptions, { chosen, statuses, notJudged }: Checked, at: Date, io: CommandIo): SafeText {
  if (format === 'text') return checkText(statuses, at, io, notJudged);
  if (format === 'json') return joined([jsonText(checkReport(statuses, at, io.now(), notJudged), 2), say`\n`]);
  const unknown = notJudged.flatMap((each) => {
    const environment = chosen.find(({ name }) => name === each.name);
    return environment ? [unknownFacts(environment, each.why)] : [];
  });
  return nagiosLine([...statuses, ...unknown], at);
}

const unknownFacts = ({ credential, name, thresholds }: ResolvedEnvironment, why: string): PluginFacts => ({
  name,
  status: 'ok',
  credentialConfigured: credential !== undefined,
  thresholds,
  handshake: {},
  renewal: {},
  diagnosis: { headline: '' },
  findings: [],
  unknown: `not judged: ${why}`,
});

/** `check --service`: what the running service knows, instead of checking again. No file is read and MESH is not called. */
import {
  nagiosLine,
  type ReportedEnvironment,
  reportedEnvironment,
  reportedReport,
  reportedText,
  worstStanding,
} from '../report/index.ts';
import { joined, jsonText, quoted, type SafeText, say } from '../text/index.ts';
import { secondMs } from '../time/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import type { CheckOptions } from './options.ts';
import { serviceAccess } from './service/access.ts';
import { type Answer, ask, type Bounds, type ServiceAccess } from './service/ask.ts';

/** 10,000 environments take about 50 MiB. */
const listBounds: Bounds = { mostBytes: 128 * 1024 * 1024, withinMs: 30 * secondMs };
const oneBounds: Bounds = { mostBytes: 1024 * 1024, withinMs: 10 * secondMs };
const listPath = 'api/v1/environments';

/** @throws {UsageError} if nobody answers as the service does. */
export async function checkService(options: CheckOptions, io: CommandIo): Promise<ExitCode> {
  const access = await serviceAccess(options, io);
  const service = say`${access.url.href.replace(/\/$/, '')}`;
  const answers = options.environment
    ? await Promise.all([...new Set(options.environment)].map((name) => one(access, service, name)))
    : await all(access, service);
  const now = io.now();
  const environments = answers.map((json) => {
    const environment = reportedEnvironment(json, now);
    if (environment) return environment;
    throw new UsageError(say`what answers at ${service} is not mesh-cert-monitor, or an older version than this one`);
  });
  io.stdout(render(environments, options, service, now, io));
  if (options.format === 'json')
    for (const { name, unknown } of environments) if (unknown) io.stderr(say`unknown: ${name} ${unknown}\n`);
  return exitCode[worstStanding(environments)];
}

function render(
  environments: readonly ReportedEnvironment[],
  { format }: CheckOptions,
  service: SafeText,
  now: Date,
  io: CommandIo,
): SafeText {
  if (format === 'nagios') return nagiosLine(environments, now);
  if (format === 'json') return joined([jsonText(reportedReport(environments, service, now), 2), say`\n`]);
  return reportedText(environments, service, now, io);
}

async function all(access: ServiceAccess, service: SafeText): Promise<unknown[]> {
  const answer = answered(await ask(access, listPath, listBounds), service) as { environments?: unknown } | null;
  const list = answer?.environments;
  if (!Array.isArray(list) || list.length === 0)
    throw new UsageError(say`what answers at ${service} lists no environments, so it is not mesh-cert-monitor`);
  return list;
}

async function one(access: ServiceAccess, service: SafeText, name: string): Promise<unknown> {
  const answer = await ask(access, `${listPath}/${encodeURIComponent(name)}`, oneBounds);
  if ('httpStatus' in answer && answer.httpStatus === 404)
    throw new UsageError(say`the service at ${service} has no environment that is called ${quoted(name)}`);
  const json = answered(answer, service);
  if (typeof json !== 'object' || json === null) return json;
  const { handshakeHistory: _, ...environment } = json as { handshakeHistory?: unknown };
  return environment;
}

function answered(answer: Answer, service: SafeText): unknown {
  if ('json' in answer) return answer.json;
  throw new UsageError(say`the service at ${service} ${answer.problem}`);
}

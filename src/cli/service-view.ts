/**
 * `check` typed by a person sees other variables, another account and perhaps another clock than the service. Where that can decide, it says as
 * whom it ran, and what the running service sees, asked over its own HTTP.
 */
import { hostname } from 'node:os';
import type { Configuration } from '../config/index.ts';
import { catalogue } from '../findings/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { type SafeText, say } from '../text/index.ts';
import { utcTime } from '../time/index.ts';
import { hostOf } from './service/access.ts';
import { ask } from './service/ask.ts';

const usuallyWithinMs = 2000;
/** Of the answer about one environment, and of the list for each of them: more than any has. */
const mostBytesOfOne = 1024 * 1024;
const mostBytesEach = 32 * 1024;

/** Reading, and the clock, depend on who looks from where. */
const dependsOnUs = ({ findings }: EnvironmentStatus) =>
  findings.some(
    ({ code, severity }) => severity !== 'info' && (catalogue[code].group === 'reading' || code.startsWith('clock_')),
  );

/**
 * Nothing if it makes no difference who looks. The service is asked once, for however many environments.
 * @param withinMs - how long it may take to answer.
 */
export async function serviceView(
  configuration: Configuration,
  statuses: readonly EnvironmentStatus[],
  now: Date,
  withinMs = usuallyWithinMs,
): Promise<SafeText[]> {
  const doubtful = statuses.filter(dependsOnUs).map(({ name }) => name);
  if (doubtful.length === 0) return [];
  const uid = process.geteuid?.();
  const as = uid === undefined ? '' : ` as uid ${uid}`;
  const here = say`Checked${as} on ${hostname()} at ${utcTime(now)}, with the variables of this shell.\n`;
  return [here, await whatServiceSays(configuration, doubtful, withinMs)];
}

async function whatServiceSays(
  configuration: Configuration,
  names: readonly string[],
  withinMs: number,
): Promise<SafeText> {
  const { http } = configuration;
  const whom = listOf(names);
  if (http.tls || http.basicAuth || http.clientCa)
    return say`What the running service sees of ${whom} is on its page; it asks for TLS or a password, so it is not asked here.\n`;
  const origin = `http://${hostOf(http.host)}:${http.port}`;
  const answers = await seenBy(origin, configuration, names, withinMs);
  const views = answers.flatMap(viewOf).filter(({ name }) => names.includes(name));
  if (views.length === 0)
    return say`No service answers at ${origin}, so it is not known what a service would see of ${whom}.\n`;
  const alike = Map.groupBy(views, ({ status, headline }) => `as ${status} (${headline})`);
  const said = [...alike].map(([how, some]) => `${listOf(some.map(({ name }) => name))} ${how}`);
  return say`The running service at ${origin} sees ${said.join('; ')}.\n`;
}

function listOf(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Empty if nobody answers, or not with JSON. */
async function seenBy(
  origin: string,
  { environments }: Configuration,
  [only, ...others]: readonly string[],
  withinMs: number,
): Promise<readonly unknown[]> {
  const access = { url: new URL(origin) };
  if (only !== undefined && others.length === 0) {
    const path = `api/v1/environments/${encodeURIComponent(only)}`;
    const answer = await ask(access, path, { mostBytes: mostBytesOfOne, withinMs });
    return 'problem' in answer ? [] : [answer.json];
  }
  const mostBytes = Math.max(mostBytesOfOne, mostBytesEach * environments.length);
  const answer = await ask(access, 'api/v1/environments', { mostBytes, withinMs });
  if ('problem' in answer) return [];
  const { environments: seen } = (answer.json ?? {}) as { readonly environments?: unknown };
  return Array.isArray(seen) ? seen : [];
}

interface View {
  readonly name: string;
  readonly status: string;
  readonly headline: string;
}

/** Empty if that is not how our API describes an environment. */
function viewOf(answer: unknown): View[] {
  const { diagnosis, name, status } = (answer ?? {}) as Partial<View> & { diagnosis?: { headline?: unknown } };
  const headline = diagnosis?.headline;
  return typeof name === 'string' && typeof status === 'string' && typeof headline === 'string'
    ? [{ name, status, headline }]
    : [];
}

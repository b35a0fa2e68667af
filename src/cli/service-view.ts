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

const bounds = { mostBytes: 1024 * 1024, withinMs: 2000 };

/** Reading, and the clock, depend on who looks from where. */
const dependsOnUs = ({ findings }: EnvironmentStatus) =>
  findings.some(
    ({ code, severity }) => severity !== 'info' && (catalogue[code].group === 'reading' || code.startsWith('clock_')),
  );

/** Nothing if it makes no difference who looks. */
export async function serviceView(
  configuration: Configuration,
  statuses: readonly EnvironmentStatus[],
  now: Date,
): Promise<SafeText[]> {
  const doubtful = statuses.filter(dependsOnUs);
  if (doubtful.length === 0) return [];
  const uid = process.geteuid?.();
  const as = uid === undefined ? '' : ` as uid ${uid}`;
  const here = say`Checked${as} on ${hostname()} at ${utcTime(now)}, with the variables of this shell.\n`;
  return [here, ...(await Promise.all(doubtful.map(({ name }) => whatServiceSays(configuration, name))))];
}

async function whatServiceSays({ http }: Configuration, name: string): Promise<SafeText> {
  if (http.tls || http.basicAuth || http.clientCa)
    return say`What the running service sees of ${name} is on its page; it asks for TLS or a password, so it is not asked here.\n`;
  const origin = `http://${hostOf(http.host)}:${http.port}`;
  const seen = await seenBy(origin, name);
  if (!seen) return say`No service answers at ${origin}, so it is not known what a service would see of ${name}.\n`;
  return say`The running service at ${origin} sees ${name} as ${seen.status}: ${seen.headline}.\n`;
}

interface Seen {
  readonly status: string;
  readonly headline: string;
}

/** Undefined if nobody answers, or not as our API does. */
async function seenBy(origin: string, name: string): Promise<Seen | undefined> {
  const path = `api/v1/environments/${encodeURIComponent(name)}`;
  const answer = await ask({ url: new URL(origin) }, path, bounds);
  if ('problem' in answer) return undefined;
  const { diagnosis, status } = (answer.json ?? {}) as { status?: unknown; diagnosis?: { headline?: unknown } };
  const headline = diagnosis?.headline;
  return typeof status === 'string' && typeof headline === 'string' ? { status, headline } : undefined;
}

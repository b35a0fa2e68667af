/** Reads exposition text back, so that tests can compare it with the specification and with another client. */
import { Counter, Gauge, Registry } from 'prom-client';
import { metricCatalogue, metricNames } from '../../src/metrics/catalogue.ts';
import { type Build, Exposition } from '../../src/metrics/exposition.ts';
import type { ExpositionFormat } from '../../src/metrics/format.ts';
import type { EstateStatus } from '../../src/status/types.ts';

export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: string;
}

export function parseSeries(line: string): Series | undefined {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
  if (!match) return undefined;
  const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/y;
  const labels = new Map<string, string>();
  const inside = match[2] ?? '';
  while (pair.lastIndex < inside.length) {
    const found = pair.exec(inside);
    if (!found) return undefined;
    const escapes: Record<string, string> = { '\\\\': '\\', '\\n': '\n', '\\"': '"' };
    labels.set(
      found[1]!,
      found[2]!.replace(/\\[\\n"]/g, (each) => escapes[each]!),
    );
    if (pair.lastIndex === inside.length) break;
  }
  return { name: match[1]!, labels, value: match[3]! };
}

/** What this text does although the OpenMetrics 1.0.0 specification forbids it. */
export function openMetricsProblems(exposition: string): string[] {
  const problems: string[] = [];
  if (!exposition.endsWith('\n# EOF\n') && exposition !== '# EOF\n') problems.push('does not end with # EOF');
  const families = new Map<string, string>();
  const seen = new Set<string>();
  let current = '';
  for (const line of exposition.split('\n').slice(0, -1)) {
    if (line === '# EOF') continue;
    const descriptor = /^# (HELP|TYPE|UNIT) (\S+) (.+)$/.exec(line);
    if (descriptor) {
      const [, kind, family, rest] = descriptor as unknown as [string, string, string, string];
      if (family !== current && families.has(family)) problems.push(`family ${family} is not in one piece`);
      current = family;
      if (kind === 'TYPE') families.set(family, rest);
      continue;
    }
    const series = parseSeries(line);
    if (!series) {
      problems.push(`not a sample: ${line}`);
      continue;
    }
    const expected = families.get(current) === 'counter' ? `${current}_total` : current;
    if (series.name !== expected) problems.push(`sample ${series.name} is in family ${current}`);
    if (!Number.isFinite(Number(series.value))) problems.push(`value ${series.value} of ${series.name}`);
    const identity = `${series.name} ${JSON.stringify([...series.labels].sort())}`;
    if (seen.has(identity)) problems.push(`twice: ${identity}`);
    seen.add(identity);
  }
  for (const family of families.keys()) {
    if (family.endsWith('_total')) problems.push(`family ${family} has a sample’s suffix`);
  }
  return problems;
}

/** The same samples, read back from our text, written by the reference client of Node.js. */
export async function withPromClient(ours: string, format: ExpositionFormat): Promise<string> {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE | typeof Registry.PROMETHEUS_CONTENT_TYPE>();
  registry.setContentType(
    format === 'openmetrics' ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
  );
  const parsed = ours.split('\n').flatMap((line) => (line.startsWith('#') ? [] : (parseSeries(line) ?? [])));
  for (const name of metricNames) {
    const { type, help, labels } = metricCatalogue[name];
    const settings = { name, help, labelNames: [...labels], registers: [registry] };
    const own = parsed.filter((each) => each.name === name);
    if (type === 'counter') {
      const counter = new Counter(settings);
      for (const each of own) counter.inc(Object.fromEntries(each.labels), Number(each.value));
    } else {
      const gauge = new Gauge(settings);
      for (const each of own) gauge.set(Object.fromEntries(each.labels), Number(each.value));
    }
  }
  return (await registry.metrics()).replaceAll('\n\n', '\n');
}

/** The whole exposition as one text. */
export async function publishText(estate: EstateStatus, build: Build, format: ExpositionFormat): Promise<string> {
  let text = '';
  for await (const piece of new Exposition(build).text(estate, format)) text += piece;
  return text;
}

/** The two text formats, Prometheus 0.0.4 and OpenMetrics 1.0.0, as prom-client writes them. */
import { type Metric, Registry } from 'prom-client';
import { escaped, type SafeText, say } from '../text/index.ts';
import { type LabelName, type MetricName, metricCatalogue } from './catalogue.ts';

export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

/** Subjects and issuers are untrusted text, and Prometheus keeps each value for weeks. */
export const maxLabelLength = 256;

/** Our own words, of which Prometheus keeps one label set for as long as something needs attention. */
export const maxProseLength = 1024;

/** A label value: escaped, and at most 256 UTF-16 code units unless said otherwise. */
export function labelValue(text: string, most = maxLabelLength): SafeText {
  const whole = escaped(text);
  if (whole.length <= most) return whole;
  // The cut can fall inside a surrogate pair; half a pair is not a character.
  return say`${whole.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** In the order in which they are written. */
export type Labels = Readonly<Partial<Record<LabelName, SafeText>>>;

export interface Sample {
  /** Written once for each object: labels that many samples have should be one object. */
  readonly labels: Labels;
  readonly value: number;
  /** What all samples of one environment have, written before the others. */
  readonly own?: Labels;
}

export const noLabels: Labels = {};

/**
 * Samples of one metric, below its HELP and TYPE. The registry exists for this call only: a permanent one would remember every label set
 * (700,000 for 10,000 environments), and old ones would have to be removed.
 * @throws {RangeError} for a value that is not a finite number.
 */
export async function familyText(
  name: MetricName,
  samples: readonly Sample[],
  format: ExpositionFormat,
): Promise<string> {
  const { help, type } = metricCatalogue[name];
  // OpenMetrics 1.0.0: the family of a counter has no suffix, its sample has `_total`.
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  const values = samples.map(({ own = noLabels, labels, value }) => ({
    labels: own,
    // prom-client remembers what it has written for these, as its histograms need.
    sharedLabels: labels,
    value: finite(value),
  }));
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE | typeof Registry.PROMETHEUS_CONTENT_TYPE>();
  if (format === 'openmetrics') registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  registry.registerMetric({ name: family, get: () => ({ name: family, help, type, values }) } as unknown as Metric);
  return `${await registry.getSingleMetricAsString(family)}\n`;
}

/** Without HELP and TYPE, to follow other samples of the same metric. */
export function withoutHead(text: string): string {
  return text.slice(text.indexOf('\n', text.indexOf('\n') + 1) + 1);
}

export function ending(format: ExpositionFormat): string {
  return format === 'openmetrics' ? '# EOF\n' : '';
}

/** Which format the client asked for (RFC 9110 §12.5.1): OpenMetrics only if it is named and not ranked below text. */
export function negotiate(accept: string | undefined): ExpositionFormat {
  let openmetrics = 0;
  let text = 0;
  for (const range of (accept ?? '').split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const parameter = (name: string) => parameters.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    const quality = Number(parameter('q') ?? 1) || 0;
    if (type === 'application/openmetrics-text' && ['1.0.0', undefined].includes(parameter('version')))
      openmetrics = Math.max(openmetrics, quality);
    if (type === 'text/plain') text = Math.max(text, quality);
  }
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'prometheus';
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`a sample is ${value}`);
  return value;
}

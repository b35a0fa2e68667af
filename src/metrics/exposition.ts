/**
 * The two text formats: Prometheus 0.0.4 and OpenMetrics 1.0.0. Samples look the same in both; headers and the end do not.
 *
 * Written here, and not by prom-client, because nothing needs to be remembered between two scrapes: a registry of 10,000
 * environments keeps 700,000 label sets that have to be removed again, and takes seconds to print (docs/metrics.md has the figures).
 * The tests hold this file against prom-client's output.
 */
import type { MetricEntry } from './catalogue.ts';

export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Subjects and issuers are whatever a CA, or somebody else, wrote; Prometheus keeps each value for weeks. */
export const maxLabelLength = 256;

/** What a label value may be: bounded, and free of half characters, which UTF-8 cannot carry. */
export function labelValue(text: string): string {
  if (text.length <= maxLabelLength) return text.toWellFormed();
  const cut = text.slice(0, maxLabelLength - 1).toWellFormed();
  // The cut may fall between the halves of a character; toWellFormed has then put U+FFFD in place of the first half.
  return `${text.isWellFormed() && cut.endsWith('\ufffd') ? cut.slice(0, -1) : cut}…`;
}

export function header(name: string, metric: MetricEntry, format: ExpositionFormat): string {
  // OpenMetrics 1.0.0: the family of a counter has no suffix, its sample has `_total`.
  const family = format === 'openmetrics' && metric.type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${escapeText(metric.help)}\n# TYPE ${family} ${metric.type}\n`;
}

/** `labels` are name and value, flat, in the order in which they are to be written. */
export function sample(name: string, labels: readonly (readonly [string, string])[], value: number): string {
  if (labels.length === 0) return `${name} ${number(value)}\n`;
  let inside = '';
  for (const [label, text] of labels) inside += `${inside === '' ? '' : ','}${label}="${escapeValue(text)}"`;
  return `${name}{${inside}} ${number(value)}\n`;
}

export function ending(format: ExpositionFormat): string {
  return format === 'openmetrics' ? '# EOF\n' : '';
}

/** Which format the client asked for (RFC 9110 §12.5.1): OpenMetrics only when it is named, and not liked less than text. */
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

function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`a sample is ${value}`);
  return String(value);
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return /[\\"\n]/.test(text) ? escapeText(text).replaceAll('"', '\\"') : text;
}

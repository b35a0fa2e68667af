/** What the process itself costs, as every program with Node.js reports it: prom-client's own metrics, those of them that answer a question. */
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { contentTypes, type ExpositionFormat, labelValue } from './format.ts';

/** In the order in which they are written. docs/performance.md says what each is good for. */
export const processMetricNames = [
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_eventloop_lag_max_seconds',
  'nodejs_gc_duration_seconds',
] as const;

type AnyRegistry = Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE | typeof Registry.PROMETHEUS_CONTENT_TYPE>;

/** Observes this process from when it is made. One is enough: what it observes begins anew with each scrape. */
export class ProcessMetrics {
  readonly #all: AnyRegistry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#all });
  }

  /** As lines of an exposition, without its end. @param estate - on every series, if the configuration names it. */
  async text(format: ExpositionFormat, estate: string | undefined): Promise<string> {
    // All of them once: some of those that are left out observe for the others, and each starts to observe anew when it is asked.
    const collected = new Map((await this.#all.getMetricsAsJSON()).map((metric) => [metric.name, metric]));
    const registry: AnyRegistry = new Registry();
    registry.setContentType(contentTypes[format] as typeof Registry.PROMETHEUS_CONTENT_TYPE);
    registry.setDefaultLabels(estate === undefined ? {} : { mesh_estate: labelValue(estate) });
    for (const name of processMetricNames) {
      const metric = collected.get(name);
      // OpenMetrics 1.0.0: the family of a counter has no suffix.
      const family = format === 'openmetrics' ? name.replace(/_total$/, '') : name;
      const get = async () => ({ ...metric, name: family });
      if (metric) registry.registerMetric({ name: family, get } as unknown as Metric);
    }
    const text = await registry.metrics();
    return text.replace(/# EOF\n$/, '').replaceAll('\n\n', '\n');
  }
}

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
  readonly #registries: Readonly<Record<ExpositionFormat, AnyRegistry>>;

  constructor() {
    const all = this.#all;
    collectDefaultMetrics({ register: all });
    const of = (format: ExpositionFormat) => {
      const registry: AnyRegistry = new Registry();
      registry.setContentType(contentTypes[format] as typeof Registry.PROMETHEUS_CONTENT_TYPE);
      for (const name of processMetricNames) {
        const metric = all.getSingleMetric(name);
        // OpenMetrics 1.0.0: the family of a counter has no suffix. prom-client would change the name in the metric itself.
        const family = format === 'openmetrics' ? name.replace(/_total$/, '') : name;
        const get = async () => ({ ...(await metric?.get()), name: family });
        if (metric) registry.registerMetric({ name: family, get } as unknown as Metric);
      }
      return registry;
    };
    this.#registries = { prometheus: of('prometheus'), openmetrics: of('openmetrics') };
  }

  /** As lines of an exposition, without its end. @param estate - on every series, if the configuration names it. */
  async text(format: ExpositionFormat, estate: string | undefined): Promise<string> {
    // Some of those that are left out observe for the others.
    await this.#all.getMetricsAsJSON();
    const registry = this.#registries[format];
    registry.setDefaultLabels(estate === undefined ? {} : { mesh_estate: labelValue(estate) });
    const text = await registry.metrics();
    return text.replace(/# EOF\n$/, '').replaceAll('\n\n', '\n');
  }
}

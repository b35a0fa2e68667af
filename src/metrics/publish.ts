/** From what the service knows to the text that Prometheus reads. Keeps nothing: what is gone from the estate is gone from the text. */
import type { EstateStatus } from '../status/types.ts';
import { unixSeconds } from '../time/duration.ts';
import { type MetricName, metricCatalogue, metricNames } from './catalogue.ts';
import { type ExpositionFormat, ending, header, labelValue, sample } from './exposition.ts';
import { type EnvironmentMetricName, type ProcessMetricName, type Sample, series } from './series.ts';

/** Of the running program. */
export interface Build {
  readonly version: string;
  readonly nodeVersion: string;
}

const chunkLength = 64 * 1024;

/** The whole exposition in pieces of about 64 KiB, so that 10,000 environments never stand in memory as one text. */
export function* publish(estate: EstateStatus, build: Build, format: ExpositionFormat): Generator<string, void> {
  let chunk = '';
  for (const name of metricNames) {
    chunk += header(name, metricCatalogue[name], format);
    for (const text of samplesOf(name, estate, build)) {
      chunk += text;
      if (chunk.length < chunkLength) continue;
      yield chunk;
      chunk = '';
    }
  }
  yield chunk + ending(format);
}

/** The whole exposition as one text, for estates of ordinary size. */
export function publishText(estate: EstateStatus, build: Build, format: ExpositionFormat): string {
  return [...publish(estate, build, format)].join('');
}

function* samplesOf(name: MetricName, estate: EstateStatus, build: Build): Generator<string, void> {
  if (!ofEnvironment(name)) {
    const { labels, value } = ofProcess(name, estate, build);
    yield sample(name, labels, value);
    return;
  }
  for (const environment of estate.environments) {
    const own = ['mesh_environment', labelValue(environment.name)] as const;
    for (const { labels, value } of series[name](environment)) yield sample(name, [own, ...labels], value);
  }
}

function ofEnvironment(name: MetricName): name is EnvironmentMetricName {
  return name in series;
}

function ofProcess(name: ProcessMetricName, { configuration }: EstateStatus, build: Build): Sample {
  switch (name) {
    case 'nhs_mesh_config_last_reload_successful':
      return { labels: [], value: configuration.lastReloadSuccessful ? 1 : 0 };
    case 'nhs_mesh_config_last_reload_success_timestamp_seconds':
      return { labels: [], value: unixSeconds(configuration.lastReloadSuccessAt) };
    case 'mesh_cert_monitor_build_info':
      return {
        labels: [
          ['version', build.version],
          ['node_version', build.nodeVersion],
        ],
        value: 1,
      };
  }
}

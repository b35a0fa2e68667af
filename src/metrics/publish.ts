/** Turns the state of the service into the text that Prometheus reads. Keeps nothing between scrapes. */
import type { EstateStatus } from '../status/index.ts';
import { unixSeconds } from '../time/index.ts';
import { type MetricName, metricNames } from './catalogue.ts';
import { type ExpositionFormat, ending, familyText, labelValue, type Sample, withoutHead } from './exposition.ts';
import { type EnvironmentMetricName, type ProcessMetricName, series } from './series.ts';

/** Versions of the running program. */
export interface Build {
  readonly version: string;
  readonly nodeVersion: string;
}

/** At most about 64 KiB of text. */
const samplesAtOnce = 150;

/**
 * The whole exposition in pieces, so that 10,000 environments are never in memory as one text.
 * @example
 * const build = { version: '1.0.0', nodeVersion: process.versions.node };
 * for await (const piece of publish(estate, build, 'openmetrics')) response.write(piece);
 */
export async function* publish(estate: EstateStatus, build: Build, format: ExpositionFormat): AsyncGenerator<string> {
  for (const name of metricNames) {
    let first = true;
    for (const samples of batches(samplesOf(name, estate, build))) {
      const text = await familyText(name, samples, format);
      yield first ? text : withoutHead(text);
      first = false;
    }
  }
  yield ending(format);
}

/** Always at least one piece, which can be empty. */
function* batches(samples: Iterable<Sample>): Generator<Sample[]> {
  let batch: Sample[] = [];
  for (const each of samples) {
    if (batch.length === samplesAtOnce) {
      yield batch;
      batch = [];
    }
    batch.push(each);
  }
  yield batch;
}

function* samplesOf(name: MetricName, estate: EstateStatus, build: Build): Generator<Sample> {
  if (!ofEnvironment(name)) {
    yield ofProcess(name, estate, build);
    return;
  }
  for (const environment of estate.environments) {
    const own = ['mesh_environment', labelValue(environment.name)] as const;
    for (const { labels, value } of series[name](environment)) yield { labels: [own, ...labels], value };
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
          ['version', labelValue(build.version)],
          ['node_version', labelValue(build.nodeVersion)],
        ],
        value: 1,
      };
  }
}

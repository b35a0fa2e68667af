// docs/metrics.md from the metric catalogue.
import {
  labelCatalogue,
  type MetricGroup,
  maxLabelLength,
  metricCatalogue,
  metricNames,
} from '../../src/metrics/index.ts';

const titles: Record<MetricGroup, string> = {
  certificate: 'Certificates',
  credential: 'The credential as a whole',
  handshake: 'The MESH handshake',
  renewal: 'The renewal',
  cycle: 'The check cycle',
  process: 'The process',
};

export const pages = () => ({ 'docs/metrics.md': page() });

function page(): string {
  const groups = Object.keys(titles) as MetricGroup[];
  return `<!-- Generated from src/metrics/catalogue.ts by \`npm run docs\`. -->

# Metrics

\`GET /metrics\` answers in the Prometheus text format, or in OpenMetrics 1.0.0 to a client that asks for it (Prometheus does).
Timestamps are Unix seconds, durations are seconds.

- Every series but those of the process carries \`mesh_environment\`. (A plain \`environment\` is a common target label, and
  Prometheus would rename ours on scrape.)
- Series of an environment do not vanish because a file went bad: the last known dates stay while the process runs, and
  \`nhs_mesh_check_passed\` and \`nhs_mesh_finding\` say what failed.
- A series goes when what it told of is gone: a finding that no longer stands, a certificate that was replaced, an environment
  that was taken out of the configuration.
- Counters start at 0 with the process, survive a reload of the configuration, and exist from the first scrape; so does every
  reason of a failed handshake and every state of a renewal.
- A scrape shows what the last checks found. It never starts a check and never waits for one.
- A label value is at most ${maxLabelLength} characters long; a longer subject is cut and ends in “…”. No sample is ever NaN.
- Metrics of the Node.js runtime are not exported: no rule or dashboard here rests on them, and the runtime's own tools show more.

${groups.map(section).join('\n')}
## Labels

| label | meaning | values |
|---|---|---|
${Object.entries(labelCatalogue).map(labelRow).join('\n')}

## Size

An environment with a credential of three certificates has about 70 series. 10,000 environments are 700,000 series, 73 MB of text,
written by prom-client in about 1.8 s on one core and sent in pieces, each of which takes less than 20 ms, so that
nothing else waits. Give Prometheus a \`scrape_timeout\` to match an estate of that size. (Lasting gauges and counters needed 6.9 s and 630 MB for
the same text, which is why the samples are handed over at each scrape.)
`;
}

function section(group: MetricGroup): string {
  const own = metricNames.filter((name) => metricCatalogue[name].group === group);
  return `## ${titles[group]}

${own.map(entry).join('\n')}`;
}

function entry(name: (typeof metricNames)[number]): string {
  const { type, unit, labels, help, absent } = metricCatalogue[name];
  const list = labels.length === 0 ? 'none' : labels.map((label) => `\`${label}\``).join(', ');
  return `### \`${name}\`

${help}

${type}, ${unit} · labels: ${list}${absent === undefined ? '' : ` · absent when ${absent}`}
`;
}

function labelRow([name, { meaning, values }]: [string, { meaning: string; values: readonly string[] | undefined }]) {
  const list =
    name === 'code' ? '[the finding catalogue](findings.md)' : values?.map((each) => `\`${each}\``).join(', ');
  return `| \`${name}\` | ${meaning} | ${list ?? ''} |`;
}

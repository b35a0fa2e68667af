// The blocks of docs/metrics.md, from the metric catalogue.
import {
  labelCatalogue,
  type MetricGroup,
  maxLabelLength,
  metricCatalogue,
  metricNames,
} from '../../src/metrics/index.ts';
import type { Blocks } from './blocks.ts';
import { table } from './markdown.ts';

const from = 'src/metrics/catalogue.ts';
const group = (name: MetricGroup) => ({ from, render: () => metrics(name) });

export const metricBlocks: Blocks = {
  'max-label-length': { from: 'src/metrics/format.ts', render: () => String(maxLabelLength) },
  ...({
    certificate: group('certificate'),
    credential: group('credential'),
    handshake: group('handshake'),
    renewal: group('renewal'),
    cycle: group('cycle'),
    process: group('process'),
  } satisfies Record<MetricGroup, unknown>),
  labels: {
    from,
    render: () => table(['label', 'meaning', 'values'], Object.entries(labelCatalogue).map(labelRow)),
  },
};

const metrics = (name: MetricGroup) =>
  metricNames
    .filter((metric) => metricCatalogue[metric].group === name)
    .map(entry)
    .join('\n');

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
  return [`\`${name}\``, meaning, list ?? ''];
}

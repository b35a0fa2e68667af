/**
 * The text of samples that many environments have in common. What prom-client wrote for one of them is kept, with gaps where the environment's own
 * labels belong; a metric with a sample for each of fifty reasons then costs as much as one with a single sample.
 */
import type { EnvironmentStatus } from '../status/index.ts';
import { literal } from '../text/index.ts';
import { familyText, type Labels, noLabels, type Sample, withoutHead } from './format.ts';
import { type EnvironmentMetricName, type Part, series } from './series.ts';

/** No label of ours contains it, and no other label occurs in these metrics. */
const gap: Labels = { mesh_environment: literal('\u0000') };

/** The text around the own labels, in pieces. */
type Pieces = readonly string[];

const kept = new Map<EnvironmentMetricName, Map<string, Pieces>>();
/** Of each metric. Most have a handful; sets of findings are the most varied. */
const mostKept = 256;

async function writtenOnce(name: EnvironmentMetricName, part: Part, ofMetric: Map<string, Pieces>): Promise<Pieces> {
  const samples = series[name].write(part).map((sample): Sample => ({ ...sample, own: gap }));
  const [gapText = ''] = await ownTexts([gap]);
  const pieces = withoutHead(await familyText(name, samples, 'prometheus')).split(gapText);
  if (ofMetric.size >= mostKept) ofMetric.clear();
  ofMetric.set(keyOf(part), pieces);
  return pieces;
}

const keyOf = (part: Part): string => JSON.stringify(part) ?? '';

/** Sets of labels as prom-client writes them between braces. */
export async function ownTexts(owns: readonly Labels[]): Promise<string[]> {
  const samples = owns.map((own): Sample => ({ own, labels: noLabels, value: 1 }));
  const lines = withoutHead(await familyText('nhs_mesh_credential_valid', samples, 'prometheus'))
    .trimEnd()
    .split('\n');
  return lines.map((line) => line.slice(line.indexOf('{') + 1, line.lastIndexOf('}')));
}

/** @param owns - the text of each environment's own labels */
export async function commonText(
  name: EnvironmentMetricName,
  environments: readonly EnvironmentStatus[],
  owns: readonly string[],
): Promise<string> {
  const ofMetric = kept.get(name) ?? new Map<string, Pieces>();
  kept.set(name, ofMetric);
  let text = '';
  for (const [index, environment] of environments.entries()) {
    const part = series[name].part(environment);
    const pieces = ofMetric.get(keyOf(part)) ?? (await writtenOnce(name, part, ofMetric));
    text += pieces.join(owns[index]);
  }
  return text;
}

/**
 * The samples of each metric for a few environments at a time, kept compressed. A block is written again only for the metrics whose part of
 * some status has changed.
 */
import { type GzipPart, gzipPart } from '../gzip/index.ts';
import type { EnvironmentStatus, EstateStatus } from '../status/index.ts';
import { metricCatalogue, metricNames } from './catalogue.ts';
import { familyText, type Labels, labelValue, noLabels, type Sample, withoutHead } from './format.ts';
import { type EnvironmentMetricName, isOfEnvironment, isSame, series } from './series.ts';
import { isOnlyCheckedAgain } from './unchanged.ts';

/** Fewer make a scrape of many environments dearer, more a change in one of them. */
export const environmentsInBlock = 64;

/** Immutable: a scrape that is under way keeps what it has begun with. */
export interface Block {
  readonly estate: string | undefined;
  readonly environments: readonly EnvironmentStatus[];
  readonly written: ReadonlyMap<EnvironmentMetricName, GzipPart>;
}

export function isUpToDate(
  block: Block | undefined,
  { name: estate }: Pick<EstateStatus, 'name'>,
  environments: readonly EnvironmentStatus[],
): block is Block {
  return (
    block !== undefined &&
    block.estate === estate &&
    block.environments.length === environments.length &&
    block.environments.every((each, index) => each === environments[index])
  );
}

/** Whether the blocks are of this estate and these environments, in this order, whatever has changed about them. */
export function areOfSame(blocks: readonly Block[], { name: estate, environments }: EstateStatus): boolean {
  if (blocks.length !== Math.ceil(environments.length / environmentsInBlock)) return false;
  return blocks.every((block, at) => {
    const from = at * environmentsInBlock;
    const until = Math.min(environments.length, from + environmentsInBlock);
    return (
      block.estate === estate &&
      block.environments.length === until - from &&
      block.environments.every(({ name }, index) => name === environments[from + index]?.name)
    );
  });
}

/**
 * @param before - the same place's block as it was; what has not changed is taken from it.
 * @param rest - called after each metric, so that other work gets its turn.
 */
export async function writeBlock(
  before: Block | undefined,
  { name: estate }: Pick<EstateStatus, 'name'>,
  environments: readonly EnvironmentStatus[],
  rest: () => Promise<unknown> | undefined,
): Promise<Block> {
  const sameNames =
    before?.environments.length === environments.length &&
    before.estate === estate &&
    before.environments.every(({ name }, index) => name === environments[index]?.name);
  const onlyAgain =
    sameNames && environments.every((each, index) => isOnlyCheckedAgain(before.environments[index] ?? each, each));
  const isAsBefore = (name: EnvironmentMetricName) => {
    if (!sameNames) return false;
    if (onlyAgain && metricCatalogue[name].group !== 'cycle') return true;
    const { part } = series[name];
    return environments.every((each, index) => {
      const last = before.environments[index] ?? each;
      return last === each || isSame(part(last), part(each));
    });
  };
  const written = new Map<EnvironmentMetricName, GzipPart>();
  for (const name of metricNames.filter(isOfEnvironment)) {
    const last = isAsBefore(name) ? before?.written.get(name) : undefined;
    written.set(name, last ?? (await compressed(name, estate, environments)));
    await rest();
  }
  return { estate, environments, written };
}

async function compressed(
  name: EnvironmentMetricName,
  estate: string | undefined,
  environments: readonly EnvironmentStatus[],
): Promise<GzipPart> {
  const samples = environments.flatMap((environment): Sample[] => {
    const own: Labels = { mesh_environment: labelValue(environment.name), ...estateLabel(estate) };
    return series[name].samples(environment).map(({ labels, value }) => ({ own, labels, value }));
  });
  return gzipPart(withoutHead(await familyText(name, samples, 'prometheus')));
}

/** On every series, if the configuration names its estate. */
export function estateLabel(estate: string | undefined): Labels {
  return estate === undefined ? noLabels : { mesh_estate: labelValue(estate) };
}

/**
 * The samples of each metric for a few environments at a time, kept compressed. A block is written again only for the metrics whose part of
 * some status has changed.
 */
import { type GzipPart, gzipPart } from '../gzip/index.ts';
import type { EnvironmentStatus, EstateStatus } from '../status/index.ts';
import { metricCatalogue, metricNames } from './catalogue.ts';
import { commonText, ownTexts } from './common.ts';
import { familyText, type Labels, labelValue, noLabels, type Sample, withoutHead } from './format.ts';
import { type EnvironmentMetricName, isOfEnvironment, isSame, series } from './series.ts';
import { isOnlyCheckedAgain } from './unchanged.ts';

/** Fewer make a scrape of many environments dearer, more a change in one of them. */
export const environmentsInBlock = 64;

/** A tenth larger than with zlib's own level, in half the time. */
const level = 3;

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

/** What each block is of. */
export function inBlocks(environments: readonly EnvironmentStatus[]): (readonly EnvironmentStatus[])[] {
  const places = Array.from({ length: Math.ceil(environments.length / environmentsInBlock) }, (_, place) => place);
  return places.map((place) => environments.slice(place * environmentsInBlock, (place + 1) * environmentsInBlock));
}

/** Whether the blocks are of this estate and these environments, in this order, whatever has changed about them. */
export function areOfSame(blocks: readonly Block[], { name, environments }: EstateStatus): boolean {
  const places = inBlocks(environments);
  return blocks.length === places.length && places.every((now, place) => isOfSame(blocks[place], name, now));
}

const isOfSame = (
  block: Block | undefined,
  estate: string | undefined,
  environments: readonly EnvironmentStatus[],
): block is Block =>
  block !== undefined &&
  block.estate === estate &&
  block.environments.length === environments.length &&
  block.environments.every(({ name }, index) => name === environments[index]?.name);

/**
 * @param before - the same place's block as it was; what has not changed is taken from it.
 * @param turn - called after each metric, so that other work gets its turn.
 */
export async function writeBlock(
  before: Block | undefined,
  { name: estate }: Pick<EstateStatus, 'name'>,
  environments: readonly EnvironmentStatus[],
  turn: () => Promise<unknown> | undefined,
): Promise<Block> {
  const last = isOfSame(before, estate, environments) ? before : undefined;
  const isForEach = (holds: (before: EnvironmentStatus, now: EnvironmentStatus) => boolean) =>
    environments.every((each, index) => {
      const lastOfIt = last?.environments[index];
      return lastOfIt !== undefined && (lastOfIt === each || holds(lastOfIt, each));
    });
  const onlyAgain = isForEach(isOnlyCheckedAgain);
  const written = new Map<EnvironmentMetricName, GzipPart>();
  const owns = environments.map(
    (each): Labels => ({ mesh_environment: labelValue(each.name), ...estateLabel(estate) }),
  );
  let texts: readonly string[] | undefined;
  const textOf = async (name: EnvironmentMetricName) => {
    if (!series[name].isCommon) return ownText(name, environments, owns);
    texts ??= await ownTexts(owns);
    return commonText(name, environments, texts);
  };
  for (const name of metricNames.filter(isOfEnvironment)) {
    const { part } = series[name];
    const isAsBefore =
      (onlyAgain && metricCatalogue[name].group !== 'cycle') || isForEach((was, now) => isSame(part(was), part(now)));
    const kept = isAsBefore ? last?.written.get(name) : undefined;
    written.set(name, kept ?? gzipPart(await textOf(name), level));
    await turn();
  }
  return { estate, environments, written };
}

async function ownText(
  name: EnvironmentMetricName,
  environments: readonly EnvironmentStatus[],
  owns: readonly Labels[],
): Promise<string> {
  const { part, write } = series[name];
  const samples = environments.flatMap((environment, index) => {
    const own = owns[index] ?? noLabels;
    return write(part(environment)).map(({ labels, value }): Sample => ({ own, labels, value }));
  });
  return withoutHead(await familyText(name, samples, 'prometheus'));
}

/** On every series, if the configuration names its estate. */
export function estateLabel(estate: string | undefined): Labels {
  return estate === undefined ? noLabels : { mesh_estate: labelValue(estate) };
}

/** Turns the state of the service into the text that Prometheus reads, and keeps what has not changed since the last scrape. */
import { type GzipPart, gzipHead, gzipPart, gzipTail, textOf } from '../gzip/index.ts';
import type { EstateStatus } from '../status/index.ts';
import { literal, shellWord } from '../text/index.ts';
import { unixSeconds } from '../time/index.ts';
import { turns } from '../turns/index.ts';
import { areOfSame, type Block, environmentsInBlock, estateLabel, inBlocks, isUpToDate, writeBlock } from './blocks.ts';
import { type MetricName, metricNames } from './catalogue.ts';
import { type ExpositionFormat, ending, familyText, labelValue, type Sample } from './format.ts';
import type { ProcessMetrics } from './process.ts';
import { isOfEnvironment, type ProcessMetricName } from './series.ts';
import { idle, queueNames, type Work } from './work.ts';

/** Versions of the running program. */
export interface Build {
  readonly version: string;
  readonly nodeVersion: string;
}

/** What the running service reports about itself. */
export interface OwnReport {
  /** Undefined as long as nothing works. */
  readonly work?: () => Work | undefined;
  readonly process?: ProcessMetrics;
}

/** Of so many environments, a scrape has everything written that has changed. Of more, it does not wait for it. */
export const mostAwaited = 4 * environmentsInBlock;

/**
 * The exposition of one service. What it costs depends on what has changed since the last time, not on the number of environments. Of more
 * than 256 environments, a scrape answers with what was last written of them, and has what has changed since then written afterwards: in one
 * answer all environments are as they were at one moment, which is before the scrape by as long as writing takes, or by the time since the
 * last `refresh`.
 * @example
 * const exposition = new Exposition({ version: '1.0.0', nodeVersion: process.versions.node });
 * for await (const piece of exposition.gzip(estate, 'openmetrics')) response.write(piece);
 */
export class Exposition {
  readonly #build: Build;
  readonly #own: OwnReport;
  #blocks: readonly Block[] = [];
  /** HELP and TYPE of the environments' metrics, which never change. */
  readonly #heads = new Map<string, Promise<GzipPart>>();
  /** One at a time, or two scrapes would write the same blocks. */
  #refreshing: Promise<unknown> = Promise.resolve();
  /** That was a bug. Old values must not pass for new ones. */
  #failed = false;

  /** @param own - what the process reports about itself; default: nothing. */
  constructor(build: Build, own: OwnReport = {}) {
    this.#build = build;
    this.#own = own;
  }

  /** In pieces, so that 10,000 environments are never in memory as one text. */
  async *text(estate: EstateStatus, format: ExpositionFormat): AsyncGenerator<string> {
    for (const part of await this.#parts(estate, format)) yield* pieces(textOf(part));
  }

  /** The same text as one gzip member (RFC 1952). */
  async *gzip(estate: EstateStatus, format: ExpositionFormat): AsyncGenerator<Buffer> {
    const parts = await this.#parts(estate, format);
    yield* joined([gzipHead, ...parts.map(({ deflated }) => deflated), gzipTail(parts)]);
  }

  /** Writes what has changed, in turns that keep nobody waiting, so that the next scrape finds little to do. */
  refresh(estate: EstateStatus): Promise<readonly Block[]> {
    const refreshed = this.#refreshing.then(() => this.#refresh(estate));
    this.#refreshing = refreshed.then(
      () => {
        this.#failed = false;
      },
      () => {
        this.#failed = true;
      },
    );
    return refreshed;
  }

  async #refresh(estate: EstateStatus): Promise<readonly Block[]> {
    const blocks: Block[] = [];
    const turn = turns();
    for (const now of inBlocks(estate.environments)) {
      const before = this.#blocks[blocks.length];
      blocks.push(isUpToDate(before, estate, now) ? before : await writeBlock(before, estate, now, turn));
      await turn();
    }
    this.#blocks = blocks;
    return blocks;
  }

  /** What a scrape answers with. */
  async #current(estate: EstateStatus): Promise<readonly Block[]> {
    const refreshed = this.refresh(estate);
    const isSmall = estate.environments.length <= mostAwaited;
    if (this.#failed || isSmall || !areOfSame(this.#blocks, estate)) return refreshed;
    refreshed.catch(() => {}); // The next scrape fails with it.
    return this.#blocks;
  }

  async #parts(estate: EstateStatus, format: ExpositionFormat): Promise<readonly GzipPart[]> {
    const blocks = await this.#current(estate);
    const parts: GzipPart[] = [];
    // Of the process: what comes last, as one part.
    let own = '';
    for (const name of metricNames) {
      if (!isOfEnvironment(name)) {
        own += await familyText(name, ofProcess(name, estate, this.#build, this.#own.work?.() ?? idle), format);
        continue;
      }
      parts.push(await this.#head(name, format));
      for (const { written } of blocks) {
        const samples = written.get(name);
        if (samples && samples.length > 0) parts.push(samples);
      }
    }
    own += (await this.#own.process?.text(format, estate.name)) ?? '';
    return [...parts, gzipPart(own + ending(format))];
  }

  #head(name: MetricName, format: ExpositionFormat): Promise<GzipPart> {
    const key = `${format} ${name}`;
    const head = this.#heads.get(key) ?? familyText(name, [], format).then((text) => gzipPart(text));
    this.#heads.set(key, head);
    return head;
  }
}

/** UTF-16 code units. */
const pieceLength = 65_536;
/** Bytes. Each piece waits for its turn of the event loop, and a compressed one costs next to nothing. */
const zippedPieceLength = 524_288;

function* pieces(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    // Never between the halves of a surrogate pair: a line ends at a whole character.
    const end = text.length - from <= pieceLength ? text.length : text.lastIndexOf('\n', from + pieceLength - 1) + 1;
    yield text.slice(from, end);
    from = end;
  }
}

function* joined(buffers: readonly Uint8Array[]): Generator<Buffer> {
  let [batch, size] = [[] as Uint8Array[], 0];
  for (const each of buffers) {
    batch.push(each);
    size += each.length;
    if (size < zippedPieceLength) continue;
    yield Buffer.concat(batch, size);
    [batch, size] = [[], 0];
  }
  yield Buffer.concat(batch, size);
}

function ofProcess(
  name: ProcessMetricName,
  { configuration, name: estate }: EstateStatus,
  build: Build,
  { queues, cycleSeconds }: Work,
): Sample[] {
  const own = estateLabel(estate);
  switch (name) {
    case 'nhs_mesh_config_last_reload_successful':
      return [{ labels: own, value: configuration.lastReloadSuccessful ? 1 : 0 }];
    case 'nhs_mesh_config_last_reload_success_timestamp_seconds':
      return [{ labels: own, value: unixSeconds(configuration.lastReloadSuccessAt) }];
    case 'nhs_mesh_config_info':
      return [{ labels: { ...own, file: shellWord(configuration.file) }, value: 1 }];
    case 'mesh_cert_monitor_queue_length':
      return queueNames.map((queue) => ({ labels: { ...own, queue: literal(queue) }, value: queues[queue] }));
    case 'mesh_cert_monitor_cycle_duration_seconds':
      return [{ labels: own, value: cycleSeconds }];
    case 'mesh_cert_monitor_build_info':
      return [
        {
          labels: { ...own, version: labelValue(build.version), node_version: labelValue(build.nodeVersion) },
          value: 1,
        },
      ];
  }
}

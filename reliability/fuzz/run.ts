/** Puts inputs to the readers, counts what they cost, and collects what breaks. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Input, Outcome, Reader } from './reader.ts';
import { mostBlocks, mostSignatures, type Work, workDone } from './work.ts';

export interface Fault {
  readonly reader: string;
  readonly what: string;
  readonly bytes: Buffer;
}

export interface ReaderFigures {
  readonly reader: string;
  readonly inputs: number;
  readonly accepted: number;
  /** Of the dearest input that was measured by itself, or the dearest batch. */
  readonly mostBlocks: number;
}

/** Inputs whose work is measured together, at most: asking V8 costs more than most of them. */
const largestBatch = 200;
/** After a fault fast-check looks for the smallest input with the same fault, and goes on from another seed. */
const runsInARow = 500;
const mostFaults = 20;

export async function fuzz(
  reader: Reader,
  inputs: number,
  seed: number,
  tell: (fault: Fault) => void,
): Promise<ReaderFigures> {
  const meter = new Meter(reader.name, tell, batchSizes.get(reader));
  let [done, accepted, faults] = [0, 0, 0];
  for (let part = 0; done < inputs && faults < mostFaults; part++) {
    const numRuns = Math.min(runsInARow, inputs - done);
    let started = 0;
    const property = fc.asyncProperty(reader.inputs, async (input) => {
      started += 1;
      if ((await meter.around(input)) === 'accepted') accepted += 1;
    });
    const { failed, counterexample, errorInstance } = await fc.check(property, {
      numRuns,
      seed: seed + part,
      interruptAfterTimeLimit: 600_000,
    });
    if (failed && counterexample) {
      faults += 1;
      const [{ bytes }] = counterexample;
      tell({ reader: reader.name, what: describe(errorInstance), bytes });
    }
    done += started;
  }
  await meter.settle();
  batchSizes.set(reader, meter.batchSize);
  return {
    reader: reader.name,
    inputs: done,
    accepted,
    mostBlocks: meter.mostBlocks,
  };
}

/** What a reader's inputs cost in one round is known in the next. */
const batchSizes = new WeakMap<Reader, number>();

const describe = (error: unknown) =>
  (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n').slice(0, 6).join('\n');

class Meter {
  readonly #reader: string;
  readonly #tell: (fault: Fault) => void;
  #batch: Input[] = [];
  batchSize: number;
  mostBlocks = 0;

  constructor(reader: string, tell: (fault: Fault) => void, batchSize = 5) {
    this.#reader = reader;
    this.#tell = tell;
    this.batchSize = batchSize;
  }

  async around(input: Input): Promise<Outcome> {
    this.#batch.push(input);
    try {
      return await input.read();
    } finally {
      if (this.#batch.length >= this.batchSize) await this.settle();
    }
  }

  /** If all of them together cost less than one may, each of them did. */
  async settle(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    const together = workDone();
    this.batchSize = nextBatch(batch.length, together);
    if (isWithin(together)) this.mostBlocks = Math.max(this.mostBlocks, together.blocks);
    else for (const input of batch) await this.#alone(input);
  }

  async #alone(input: Input): Promise<void> {
    await input.read().catch(() => undefined);
    const work = workDone();
    this.mostBlocks = Math.max(this.mostBlocks, work.blocks);
    const most = Math.max(mostBlocks, input.mostBlocks ?? 0);
    if (isWithin(work, most)) return;
    const what = `${work.blocks} blocks and ${work.signatures} signatures in the main thread, of ${most} and ${mostSignatures}`;
    this.#tell({ reader: this.#reader, what, bytes: input.bytes });
  }
}

/** As many inputs as together cost half of what one may, if they are like the last: a batch that costs too much is read twice. */
function nextBatch(inputs: number, { blocks, signatures }: Work): number {
  const share = Math.max(blocks / mostBlocks, signatures / mostSignatures) * 2;
  return Math.min(largestBatch, Math.max(1, Math.floor(inputs / share)));
}

const isWithin = ({ blocks, signatures }: Work, most = mostBlocks) => blocks <= most && signatures <= mostSignatures;

// What was done before the first input is no input's.
workDone();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap and of buffers in use. What a finaliser frees is only gone after another turn. */
export async function memory(): Promise<number> {
  for (let times = 0; times < 3; times++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

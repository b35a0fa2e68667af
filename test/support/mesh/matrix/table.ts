/** The recorded cells, and what a new run is compared with. */
import { existsSync, writeFileSync } from 'node:fs';
import {
  explainedDifferences,
  type MatrixRecord,
  readRecord,
  recordPath,
  type Verdict,
} from '../../../../scripts/docs/matrix.ts';
import type { Cell } from './play.ts';

const none: MatrixRecord = { date: '', programs: {}, faults: {} };

export const recorded = (): MatrixRecord => (existsSync(recordPath) ? readRecord() : none);

/** Cells that were not played this time stay as they were. */
export function writeRecord(cells: readonly Cell[], date: string, programs: MatrixRecord['programs']): void {
  const before = recorded();
  const merged = new Map([...cellsOf(before), ...cells].map((cell) => [keyOf(cell), cell]));
  const record: MatrixRecord = {
    date,
    programs: { ...before.programs, ...programs },
    faults: faultsOf([...merged.values()]),
  };
  writeFileSync(recordPath, `${JSON.stringify(record, undefined, 1)}\n`);
}

function faultsOf(cells: readonly Cell[]): MatrixRecord['faults'] {
  const faults = [...Map.groupBy(cells, ({ fault }) => fault)];
  return Object.fromEntries(faults.map(([fault, its]) => [fault, verdictsOf(its)]));
}

function verdictsOf(cells: readonly Cell[]): Verdict[] {
  const words = ({ front, version, fault, official, ...rest }: Cell) => ({ ...rest, ...successOf(official) });
  return [...Map.groupBy(cells, (cell) => JSON.stringify(words(cell)))].map(([key, its]) => ({
    ...JSON.parse(key),
    fronts: its.map(({ front, version }) => `${front} ${version.slice('TLSv'.length)}`),
  }));
}

/** Its words change with the versions of Python and OpenSSL. Only whether it got through counts. */
function successOf(official: string | undefined): Pick<Verdict, 'official'> {
  return official === undefined ? {} : { official: official === 'success' ? 'success' : 'failure' };
}

function cellsOf({ faults }: MatrixRecord): Cell[] {
  return Object.entries(faults).flatMap(([fault, verdicts]) =>
    verdicts.flatMap(({ fronts, ...words }) =>
      fronts.map((name) => ({
        front: name.slice(0, -' 1.2'.length),
        version: name.endsWith(' 1.2') ? ('TLSv1.2' as const) : ('TLSv1.3' as const),
        fault,
        ...words,
      })),
    ),
  );
}

const keyOf = ({ front, version, fault }: Cell) => `${front}, ${version}: ${fault}`;

/** Every field in which we now say something other than what is recorded, in words. */
export function changes(cells: readonly Cell[], record: MatrixRecord): string[] {
  const before = new Map(cellsOf(record).map((cell) => [keyOf(cell), cell]));
  return cells.flatMap((cell) => {
    const old = before.get(keyOf(cell));
    if (!old) return [`not recorded: ${keyOf(cell)}`];
    return (['outcome', 'detail', 'remedy', 'requested'] as const)
      .filter((field) => old[field] !== cell[field])
      .map((field) => `${keyOf(cell)}: ${field} was ${JSON.stringify(old[field])}, is ${JSON.stringify(cell[field])}`);
  });
}

/** If NHS England's client gets through we must too, and if it does not we must not, unless the difference is explained. */
export function disagreements(cells: readonly Cell[]): string[] {
  return cells
    .filter(({ official }) => official !== undefined)
    .filter(({ outcome, official }) => (outcome === 'success') !== (official === 'success'))
    .filter(({ fault, outcome }) => !explained(fault, outcome))
    .map((cell) => `${keyOf(cell)}: we say ${cell.outcome}, NHS England's client says ${cell.official}`);
}

const explained = (fault: string, outcome: string) =>
  explainedDifferences.some((each) => each.fault === fault && (each.ours === 'success') === (outcome === 'success'));

/** The recorded cells, and what a new run is held against. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from './play.ts';

export const tablePath = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'handshake-matrix.json');

/** What is said in the same words of several fronts. */
export type Verdict = Omit<Cell, 'front' | 'version' | 'fault'> & {
  /** `nginx 1.2`, in the order of the run. */
  readonly fronts: readonly string[];
};
export type Table = Readonly<Record<string, readonly Verdict[]>>;

export function readTable(): Table {
  return existsSync(tablePath) ? (JSON.parse(readFileSync(tablePath, 'utf8')) as Table) : {};
}

/** What was not run this time stays as it was. */
export function writeTable(cells: readonly Cell[]): void {
  const merged = new Map([...cellsOf(readTable()), ...cells].map((cell) => [keyOf(cell), cell]));
  writeFileSync(tablePath, `${JSON.stringify(tableOf([...merged.values()]), undefined, 1)}\n`);
}

function tableOf(cells: readonly Cell[]): Table {
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

/** Its words change with Python's and OpenSSL's versions; what counts is whether it got through. */
function successOf(official: string | undefined): Pick<Cell, 'official'> {
  return official === undefined ? {} : { official: official === 'success' ? 'success' : 'failure' };
}

function cellsOf(table: Table): Cell[] {
  return Object.entries(table).flatMap(([fault, verdicts]) =>
    verdicts.flatMap(({ fronts, ...words }) =>
      fronts.map((name) => ({
        front: name.slice(0, -' 1.2'.length),
        version: name.endsWith(' 1.2') ? 'TLSv1.2' : 'TLSv1.3',
        fault,
        ...words,
      })),
    ),
  );
}

const keyOf = ({ front, version, fault }: Cell) => `${front}, ${version}: ${fault}`;

/** Where we say something else than is recorded, in words. */
export function differences(cells: readonly Cell[], table: Table): string[] {
  const recorded = new Map(cellsOf(table).map((cell) => [keyOf(cell), cell]));
  return cells.flatMap((cell) => {
    const before = recorded.get(keyOf(cell));
    if (!before) return [`not recorded: ${keyOf(cell)}`];
    const fields = ['outcome', 'detail', 'remedy', 'requested'] as const;
    return fields
      .filter((field) => before[field] !== cell[field])
      .map(
        (field) => `${keyOf(cell)}: ${field} was ${JSON.stringify(before[field])}, is ${JSON.stringify(cell[field])}`,
      );
  });
}

/** Where NHS England's client gets through we must, and where it does not we must not, unless docs/handshake.md says why. */
export function disagreements(cells: readonly Cell[]): string[] {
  return cells
    .filter(({ official, fault }) => official !== undefined && !documented.has(fault))
    .filter(({ outcome, official }) => (outcome === 'success') !== (official === 'success'))
    .map((cell) => `${keyOf(cell)}: we say ${cell.outcome}, NHS England's client says ${cell.official}`);
}

const documented: ReadonlySet<string> = new Set([
  'the server’s certificate has no SAN, and the right common name',
  'the server asks for the certificate after the handshake',
]);

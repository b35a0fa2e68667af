/** The figures that are promised, each with what it is compared with. */
import { availableParallelism, cpus } from 'node:os';

export interface Figure {
  readonly name: string;
  /** Number of environments. Absent if the figure does not depend on it. */
  readonly size?: number;
  readonly value: number;
  readonly unit: 'ms' | 'µs' | 's' | 'MiB' | '×';
  /** The least that the same work can cost, measured in the same run. */
  readonly floor?: number;
  /** What the floor is. */
  readonly against?: string;
  /** At most, in the same unit. */
  readonly target?: number;
}

export const machine = () =>
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node.js ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;

/** How a figure grows from one size to the next: 1 is in proportion. */
export function growth(figures: readonly Figure[], from: number, to: number): Figure[] {
  return figures
    .filter(({ size, unit }) => size === from && unit !== '×')
    .flatMap((small) => {
      const large = figures.find(({ name, size }) => name === small.name && size === to);
      if (!large || small.value <= 0 || large.value <= 0) return [];
      const value = Math.log(large.value / small.value) / Math.log(to / from);
      // A figure for each environment is already divided by their number.
      const perEnvironment = /per environment/.test(small.name) ? 1 : 0;
      const name = `growth of “${small.name}”, ${from} to ${to} (exponent)`;
      return [{ name, value: value + perEnvironment, unit: '×' as const, target: 1.05 }];
    });
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, size, value, unit, floor, against, target }) => [
    name,
    size === undefined ? '' : size.toLocaleString('en'),
    `${shown(value)}${unit === '×' ? '' : ` ${unit}`}`,
    floor === undefined ? '' : `${shown(value / floor)} ×`,
    floor === undefined ? '' : `${against} (${shown(floor)} ${unit})`,
    target === undefined ? '' : `${value <= target ? '' : 'missed: '}${shown(target)}`,
  ]);
  const head = ['figure', 'size', 'value', 'ratio', 'to', 'target'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}

const shown = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 10 ? 2 : 1);

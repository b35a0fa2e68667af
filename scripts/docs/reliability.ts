// The block of docs/reliability.md, from what the last long runs counted.
import { figuresFile, type Run, readFigures } from '../../reliability/figures.ts';
import type { Blocks } from './blocks.ts';

export const reliabilityBlocks: Blocks = {
  figures: {
    from: figuresFile,
    render: () => Object.values(readFigures()).map(paragraph).join('\n\n') || 'No long run has been recorded yet.',
  },
};

function paragraph({ command, counted, date, machine }: Run): string {
  const rows = Object.entries(counted).map(([what, value]) => `| ${what} | ${value} |`);
  return [`\`npm run ${command}\` on ${date} (${machine}):`, '', '| | |', '|---|---:|', ...rows].join('\n');
}

// The block of docs/security.md, from the limits on input.
import { limitCatalogue } from '../../src/limits/index.ts';
import type { Blocks } from './blocks.ts';
import { cell, table } from './markdown.ts';

const number = new Intl.NumberFormat('en-GB');

export const securityBlocks: Blocks = {
  limits: {
    from: 'src/limits/limits.ts',
    render: () =>
      table(
        ['at most', 'of what'],
        Object.values(limitCatalogue).map(({ most, of }) => [number.format(most), cell(of)]),
      ),
  },
};

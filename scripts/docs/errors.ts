// The block of docs/errors.md, from the list of error codes.
import { errorCatalogue } from '../../src/errors/index.ts';
import type { Blocks } from './blocks.ts';

export const errorBlocks: Blocks = {
  codes: {
    from: 'src/errors/catalogue.ts',
    render: () => {
      const rows = Object.entries(errorCatalogue).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
      return ['| code | meaning |', '|---|---|', ...rows].join('\n');
    },
  },
};

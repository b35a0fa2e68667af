// npm run bench -- [--full] [--size N …] [--json]: every figure that docs/performance.md promises, each against the least that the same work can
// cost. Two minutes with 10 and 1,000 environments; --full adds 10,000 and takes a quarter of an hour.
// npm run bench -- NAME [arguments]: one part in more detail.
import { parseArgs } from 'node:util';
import { runTable } from './table.ts';

const parts: Readonly<Record<string, () => Promise<{ run: (args: readonly string[]) => Promise<void> }>>> = {
  blackbox: () => import('./blackbox.ts'),
  flood: () => import('./flood.ts'),
  handshake: () => import('./handshake.ts'),
  page: () => import('./page.ts'),
  prometheus: () => import('./prometheus.ts'),
  scrape: () => import('./scrape.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const part = parts[name];
if (part) await (await part()).run(args);
else await everything();

async function everything(): Promise<void> {
  try {
    const { values } = parseArgs({
      options: {
        full: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        size: { type: 'string', multiple: true },
      },
    });
    const sizes = (values.size ?? (values.full ? ['10', '1000', '10000'] : ['10', '1000'])).map(Number);
    if (!sizes.every((size) => Number.isInteger(size) && size > 0)) throw new TypeError('--size is not a whole number');
    await runTable({ sizes, json: values.json });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(
      `${error.message}\nusage: npm run bench -- [--full] [--size N]... [--json] | ${Object.keys(parts).join(' | ')}`,
    );
    process.exitCode = 3;
  }
}

// The blocks of docs/conformance.md, from the figures of the last full runs.
import { readAccepted } from '../../conformance/accepted.ts';
import { readFigures } from '../../conformance/figures.ts';
import { differenceRules } from '../../conformance/random/differences.ts';
import { table } from '../../conformance/table.ts';
import type { Blocks } from './blocks.ts';

const figures = 'conformance/figures.json';

export const conformanceBlocks: Blocks = {
  suites: {
    from: figures,
    render: () => {
      const { date, openssl, rows } = suites();
      return `On ${date}, with ${openssl}:\n\n${table(rows)}`;
    },
  },
  'left-out': {
    from: figures,
    render: () =>
      suites()
        .leftOut.map(({ cases, remark, suite }) => `- ${suite}: ${remark} (${cases})`)
        .join('\n'),
  },
  accepted: {
    from: 'conformance/accepted.yaml',
    render: () => {
      const rows = readAccepted().map(({ cases = [], kinds = [], reason, side }) => {
        const ids = [...cases, ...kinds.map((kind) => `all ${kind}`)].map((id) => `\`${id}\``);
        return `| ${side} | ${reason} | ${ids.join('<br>')} |`;
      });
      return ['| we are | reason | cases |', '|---|---|---|', ...rows].join('\n');
    },
  },
  random: {
    from: figures,
    render: () => {
      const { accepted, date, explained, openssl, paths, refused, seed, unexplained } = random();
      const differing = paths - accepted - refused - unexplained;
      const rows = differenceRules.map(({ name, reason }) => `| \`${name}\` | ${explained[name] ?? 0} | ${reason} |`);
      return [
        `On ${date}, with ${openssl}: ${paths} paths (seeds ${seed} to ${seed + paths - 1}). Both accept ${accepted} and refuse ${refused}. They differ on ${differing} for a reason in this table, and on ${unexplained} for none.`,
        '',
        '| rule | paths | reason |',
        '|---|---:|---|',
        ...rows,
      ].join('\n');
    },
  },
};

function suites() {
  const run = readFigures().suites;
  if (!run) throw new Error(`${figures} has no suites: run npm run conformance with all of them and --write`);
  return run;
}

function random() {
  const run = readFigures().random;
  if (!run) throw new Error(`${figures} has no random paths: run npm run conformance with --random and --write`);
  return run;
}

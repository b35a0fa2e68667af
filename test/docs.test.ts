import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fill } from '../scripts/docs/blocks.ts';
import { pages } from '../scripts/docs/pages.ts';
import { products } from '../scripts/docs/products.ts';

const blocks = {
  names: { from: 'src/names.ts', render: () => '- a\n- b\n' },
  limit: { from: 'src/limit.ts', render: () => '256' },
};
const filled = (text: string) => fill('docs/page.md', text, blocks);
const rest = '\n<!-- generated: limit -->\n<!-- end: limit -->\n';

describe('generated blocks', () => {
  test('a block is filled in place and names its source, on lines of its own or inside a line', () => {
    const page = `# Page

<!-- generated: names from src/old.ts -->
stale
<!-- end: names -->

At most <!-- generated: limit -->1<!-- end: limit --> characters.
`;
    expect(filled(page)).toEqual({
      problems: [],
      text: `# Page

<!-- generated: names from src/names.ts -->

- a
- b

<!-- end: names -->

At most <!-- generated: limit from src/limit.ts -->256<!-- end: limit --> characters.
`,
    });
  });

  test('a page that has been filled stays as it is', () => {
    const { text } = filled(`<!-- generated: names -->\n<!-- end: names -->\n${rest}`);
    expect(filled(text)).toEqual({ text, problems: [] });
  });

  test.each([
    {
      what: 'a block that nothing renders',
      text: `\n<!-- generated: nmaes -->\n<!-- end: nmaes -->\n`,
      problem: 'docs/page.md:2: nothing renders the block "nmaes"; those of this page: names, limit',
    },
    {
      what: 'a block without its end',
      text: '\n\n<!-- generated: names -->\n',
      problem: 'docs/page.md:3: the block "names" has no <!-- end: names -->',
    },
    {
      what: 'a block inside another',
      text: '<!-- generated: names -->\n<!-- generated: limit -->\n<!-- end: limit -->\n<!-- end: names -->\n',
      problem: 'docs/page.md:2: "limit" begins inside "names" (line 1)',
    },
    {
      what: 'an end without its beginning',
      text: '<!-- end: names -->\n',
      problem: 'docs/page.md:1: "names" ends here, but does not begin before',
    },
    {
      what: 'a mark that is misspelt',
      text: '\n<!-- generated names -->\n',
      problem: 'docs/page.md:2: "<!-- generated names -->" is neither <!-- generated: NAME --> nor <!-- end: NAME -->',
    },
    {
      what: 'a page that lacks a block',
      text: '# Page\n',
      problem: 'docs/page.md: lacks <!-- generated: names --> <!-- end: names -->',
    },
  ])('$what is an error that names the place', ({ text, problem }) => {
    expect(filled(text).problems).toContain(problem);
  });

  test.each(globSync('docs/*.md'))(
    '%s is marked rightly, and each of its blocks names a source that exists',
    (page) => {
      const ofPage = pages[page] ?? {};
      expect(fill(page, readFileSync(page, 'utf8'), ofPage).problems).toEqual([]);
      for (const { from } of Object.values(ofPage)) expect(existsSync(from), from).toBe(true);
    },
  );

  test('every page that has blocks exists', () => {
    expect(Object.keys(pages).filter((page) => !existsSync(page))).toEqual([]);
  });
});

test('a generated file says near its beginning that it is generated, and from what', () => {
  for (const [path, content] of Object.entries(products())) {
    const [, source = ''] = /generated[ -]from\W+(\S+)/i.exec(content.slice(0, 5000)) ?? [];
    expect(existsSync(source), `${path}: ${source}`).toBe(true);
  }
});

test('what writes the documents imports nothing from the tests, nor do rules and dashboards', () => {
  const files = globSync(['scripts/**/*.ts', 'alerts/src/**/*.ts', 'grafana/src/**/*.ts']);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => /from '(\.\.\/)+test\//.test(readFileSync(file, 'utf8')))).toEqual([]);
});

const faces = globSync('src/*/index.ts').map((face) => ({ face, offered: functionsOf(face) }));

describe.each(faces.filter(({ offered }) => offered.length > 0))('the face $face', ({ offered }) => {
  test('says of each function and class what it does', () => {
    expect(offered.filter(({ comment }) => comment === '').map(({ name }) => name)).toEqual([]);
  });

  test('shows by example how its main function is called', () => {
    const examples = offered.filter(({ name, comment }) => comment.split('@example')[1]?.includes(`${name}(`));
    expect(examples.length).toBeGreaterThan(0);
  });
});

/** The functions and classes that a room's `index.ts` exports, with the comments above them. */
function functionsOf(face: string): { readonly name: string; readonly comment: string }[] {
  const exported = readFileSync(face, 'utf8').matchAll(/export \{([^}]*)\} from '([^']+)'/g);
  return [...exported].flatMap(([, names = '', from = '']) => {
    const source = readFileSync(join(dirname(face), from), 'utf8');
    const declared = source.matchAll(
      /((?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)export (?:(?:async )?function\*?|class|const(?= \w+ = (?:async )?\()) (\w+)/g,
    );
    const wanted = new Set(names.split(',').map((name) => name.trim()));
    return [...declared].flatMap(([, comment = '', name = '']) => (wanted.has(name) ? [{ name, comment }] : []));
  });
}

test('every file and folder that CONTRIBUTING.md names exists', () => {
  const named = [...readFileSync('CONTRIBUTING.md', 'utf8').matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)].map(
    ([, path]) => path!,
  );
  expect(named.length).toBeGreaterThan(50);
  const placeholders = /NAME|PAGE|ROOM/;
  expect(named.filter((path) => !placeholders.test(path) && !existsSync(path))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';

const reference = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const head = `application: Mavis
ods_code: X26
contact: { name: Ada Lovelace, email: ada@example.nhs.uk, telephone: 0113 496 0000 }
`;
const examples = [...reference.matchAll(/### ([^\n]+)\n(?:(?!\n#)[\s\S])*?```yaml\n(environments:\n[\s\S]*?)```/g)];

test('reference: there are examples', () => {
  expect(examples.length).toBeGreaterThan(3);
});

test.each(examples.map(([, title = '', text = '']) => ({ title, text })))(
  'reference: the example "$title" parses without a warning',
  ({ text }) => {
    expect(parseConfiguration(head + text, '/etc/mesh.yaml').warnings).toEqual([]);
  },
);

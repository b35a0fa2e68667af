/** Files that are no configuration, up to the largest that is read: the service that reloads one goes on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { parseApart } from '../../src/config/parse-apart.ts';
import { ConfigurationError } from '../../src/config/problems.ts';
import { limits } from '../../src/limits/index.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-config-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const environment = (number: number) => `
  - name: e${number}
    preset: sandbox
    mesh: { url: "https://localhost:1", mailbox_id: X26ABC1, probe: ping }`;
const head = `application: Mavis
ods_code: X26
contact: { name: Ada, email: ada@example.nhs.uk, telephone: "0113 496 0000" }
environments:`;
const withEnvironments = (count: number) =>
  head + Array.from({ length: count }, (_, number) => environment(number)).join('');

test('a configuration of many environments reads the same as in the main thread', async () => {
  const [text, path] = [withEnvironments(400), join(directory, 'many.yaml')];
  expect(text.length).toBeGreaterThan(32 * 1024);
  await writeFile(path, text);
  expect(JSON.stringify(await loadConfiguration(path))).toBe(JSON.stringify(parseConfiguration(text, path)));
});

test('its problems are the same, too', async () => {
  const [text, path] = [`${withEnvironments(400)}\n    colour: red\n`, join(directory, 'wrong.yaml')];
  await writeFile(path, text);
  const problemsOf = (error: unknown) => (error as ConfigurationError).problems;
  const apart = await loadConfiguration(path).catch(problemsOf);
  expect(apart).toHaveLength(1);
  try {
    parseConfiguration(text, path);
  } catch (error) {
    expect(apart).toEqual(problemsOf(error));
  }
});

describe('a file as large as a configuration may be is refused, and the main thread goes on meanwhile', () => {
  const hostile = { 'nothing but anchors': '&a ', 'nothing but quotes': '"' };
  test.each(Object.entries(hostile))('%s', async (_, piece) => {
    const text = piece.repeat(limits.configurationBytes / piece.length);
    let turns = 0;
    const counting = setInterval(() => turns++, 10);
    // By its memory, because a thread that gets no processor has no time to use up.
    const parsed = await parseApart({ text, path: '/etc/monitor.yaml' }, { mostMebibytes: 128 });
    clearInterval(counting);
    expect(parsed).toHaveProperty('problems');
    expect(turns).toBeGreaterThan(5);
  });
});

test('so many repeated keys that their list does not fit on a stack are problems of the file', () => {
  expect(() => parseConfiguration('a: 1\n'.repeat(200_000), '/etc/monitor.yaml')).toThrow(ConfigurationError);
});

test('what is nested too deeply is seen before it is parsed, and brackets in text are not', () => {
  for (const piece of ['[', '{a: ', '- ', '? '])
    expect(() => parseConfiguration(piece.repeat(20_000), '/etc/monitor.yaml')).toThrow('nested too deeply');
  const text = withEnvironments(1).replace('Mavis', `"${'['.repeat(150)}"`);
  expect(parseConfiguration(text, '/etc/monitor.yaml').application).toHaveLength(150);
});

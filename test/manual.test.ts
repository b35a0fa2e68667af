/** The manual pages, which are made with the build. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completionFiles, manualPages } from '../scripts/build/manual.ts';
import { shells } from '../src/cli/completion/index.ts';
import { type } from './support/cli.ts';
import { needs } from './support/tools.ts';

const pages = [...manualPages('1.2.3')];
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { man: string[]; version: string };

describe('the manual', () => {
  test('has a page for the program and one for each command, and package.json names them all', () => {
    expect(manifest.man.toSorted()).toEqual(pages.map(([name]) => `./dist/man/${name}`).toSorted());
    expect(readdirSync('dist/man').toSorted()).toEqual(pages.map(([name]) => name).toSorted());
  });

  test('is the manual of this version, as the build wrote it', () => {
    for (const [name, text] of manualPages(manifest.version))
      expect(readFileSync(join('dist/man', name), 'utf8')).toBe(text);
  });

  test('completion scripts are where the packages expect them, and are what the command prints', async () => {
    for (const shell of shells)
      expect(readFileSync(join('dist/completions', completionFiles[shell]), 'utf8')).toBe(
        (await type(['completion', shell])).stdout,
      );
  });

  const rendered = (text: string) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bold is a letter, a backspace and the letter again.
    spawnSync('mandoc', ['-T', 'ascii'], { input: text, encoding: 'utf8' }).stdout.replace(/.\u0008/g, '');

  const files = pages.map(([name]) => join('dist/man', name));

  // The date is missing on purpose: two builds of one commit are the same.
  test.skipIf(!needs('mandoc'))('mandoc has nothing to object to them', () => {
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', ...files], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
    const wrong = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { input: '.TH A 1\n.NO\n', encoding: 'utf8' });
    expect(wrong.stdout).toContain('NO');
  });

  test.skipIf(!needs('man'))('nor has man itself', () => {
    const args = ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z'];
    // It complains of a locale that is not installed, too.
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    const { status, stderr } = spawnSync('man', [...args, ...files], { encoding: 'utf8', env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(spawnSync('man', [...args, '-'], { input: '.TH A 1\n.NO\n', encoding: 'utf8' }).stderr).toContain('NO');
  });

  test.skipIf(!needs('mandoc'))('shows commands as they have to be typed', () => {
    const shown = rendered(pages.find(([name]) => name === 'mesh-cert-monitor-inspect.1')![1]);
    expect(shown).toContain('mesh-cert-monitor inspect --cert client.pem --at 2027-05-01T09:00:00Z');
    expect(shown).toContain('</dev/null \\\n');
    expect(shown).toMatch(/^ +-q, --quiet$/m);
    expect(shown).toMatch(/^ +3 +UNKNOWN: wrong usage/m);
  });
});

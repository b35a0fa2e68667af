/** The receivers for Teams and Slack that docs/install/monitoring.md shows, in the example of a whole configuration. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';

/** Of Alertmanager 0.28 or later: Debian's is older, and does not know Teams’ workflows. `.ci/run` builds one. */
const { AMTOOL: amtool, CI } = process.env;

interface Receiver {
  readonly name: string;
}

function shown(): readonly Receiver[] {
  const page = readFileSync('docs/install/monitoring.md', 'utf8');
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => parse(block ?? ''));
  return blocks.flatMap(({ receivers }) => (Array.isArray(receivers) ? receivers : []));
}

test('they take the place of those in the example, by name', () => {
  const { receivers } = parse(readFileSync('alerts/alertmanager.example.yaml', 'utf8'));
  const names = (list: readonly Receiver[]) => list.map(({ name }) => name).sort();
  expect(names(shown())).toEqual(names(receivers));
});

test('amtool accepts them', { skip: !amtool && !CI }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-receivers-'));
  try {
    const file = join(folder, 'alertmanager.yaml');
    const check = (receivers: readonly object[]) => {
      const example = parse(readFileSync('alerts/alertmanager.example.yaml', 'utf8'));
      writeFileSync(file, stringify({ ...example, receivers }));
      return execFileSync(amtool ?? 'AMTOOL is not set', ['check-config', file], { encoding: 'utf8', stdio: 'pipe' });
    };
    expect(check(shown())).toContain('SUCCESS');
    // It does look at what is in them.
    const misspelt = shown().map((each) => ({ ...each, slack_config: [] }));
    expect(() => check(misspelt)).toThrow('Command failed');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

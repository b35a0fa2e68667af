import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../src/config/load.ts';
import { needs } from './support/tools.ts';

const compose = parse(readFileSync('compose.yaml', 'utf8')) as {
  services: Record<string, { volumes?: string[]; ports?: string[] }>;
};

test('what the playground watches is a configuration that loads, and warns of nothing but its open port', async () => {
  const { environments, warnings } = await loadConfiguration('compose/monitor.yaml');
  expect(environments.map(({ name }) => name)).toEqual(['sandbox']);
  // Inside its own network everyone may look, Prometheus for one; outside, the port is on loopback (see below).
  expect(warnings).toEqual([expect.stringMatching(/^http\.listen: 0\.0\.0\.0:9807 can be reached from the network/)]);
});

test('the image names its user by number, which `runAsNonRoot` of Kubernetes needs, and it is not root', () => {
  const users = [...readFileSync('Dockerfile', 'utf8').matchAll(/^USER (.*)$/gm)].map(([, user]) => user);
  expect(users.at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test('every file that the playground mounts exists, and every port is on loopback', () => {
  for (const { volumes = [], ports = [] } of Object.values(compose.services)) {
    for (const volume of volumes.filter((each) => each.startsWith('./'))) {
      expect(existsSync(volume.split(':')[0]!), volume).toBe(true);
    }
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('Prometheus and Alertmanager take their files', { skip: !needs('promtool') || !needs('amtool') }, () => {
  execFileSync('promtool', ['check', 'config', '--syntax-only', 'compose/prometheus.yaml'], { stdio: 'pipe' });
  execFileSync('amtool', ['check-config', 'compose/alertmanager.yaml'], { stdio: 'pipe' });
});

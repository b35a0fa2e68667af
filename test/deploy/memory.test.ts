import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const launchers = ['Dockerfile', 'deploy/systemd/mesh-cert-monitor.service', 'deploy/windows/mesh-cert-monitor.xml'];

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

test.each(launchers)('%s starts the service with the young generation that docs/performance.md measures', (file) => {
  const flag = '--max-semi-space-size=1';
  expect(read('bench/service.ts')).toContain(flag);
  expect(read(file)).toContain(flag);
});

/** Windows has another malloc. */
test.each(launchers.slice(0, 2))('%s sets the variables of malloc that docs/performance.md measures', (file) => {
  const measured = [...read('bench/service.ts').matchAll(/(MALLOC_\w+): '(\d+)'/g)].map(
    ([, name, value]) => `${name}=${value}`,
  );
  expect(measured).toHaveLength(3);
  const set = read(file).match(/MALLOC_\w+=\d+/g);
  expect(set).toEqual(measured);
  for (const each of measured) expect(read('docs/performance.md')).toContain(each);
});

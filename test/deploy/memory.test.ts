import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const launchers = ['Dockerfile', 'deploy/systemd/mesh-cert-monitor.service', 'deploy/windows/mesh-cert-monitor.xml'];

test.each(launchers)('%s starts the service with the young generation that docs/performance.md measures', (file) => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');
  const flag = '--max-semi-space-size=1';
  expect(read('bench/service.ts')).toContain(flag);
  expect(read(file)).toContain(flag);
});

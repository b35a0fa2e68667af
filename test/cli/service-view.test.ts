import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceView } from '../../src/cli/service-view.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { minuteMs } from '../../src/time/index.ts';
import { sampleConfiguration } from '../support/configuration.ts';
import { environmentStatus, sampleFinding, sampleNow } from '../support/status.ts';

const asked: (string | undefined)[] = [];
let answer = '';
const server = createServer((request, response) => {
  asked.push(request.url);
  response.end(answer);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const unreadable = (name = 'integration') =>
  environmentStatus({ name, findings: [sampleFinding('passphrase_missing')] });
const seen = async (status = unreadable(), http: object = {}, ...others: EnvironmentStatus[]) => {
  const { port } = server.address() as AddressInfo;
  const configuration = sampleConfiguration([], { http: { host: '127.0.0.1', port, ...http } });
  // A busy machine may take longer than a person would wait.
  return (await serviceView(configuration, [status, ...others], sampleNow, minuteMs)).join('');
};
const described = (name: string, status = 'ok', headline = 'Nothing needs attention') => ({
  name,
  status,
  diagnosis: { headline },
});

test('who looks makes no difference: nothing is said, and nobody is asked', async () => {
  const before = asked.length;
  expect(await seen(environmentStatus())).toBe('');
  expect(await seen(environmentStatus({ findings: [sampleFinding('key_mismatch')] }))).toBe('');
  expect(asked.length).toBe(before);
});

test('a part that cannot be read: as whom it was tried, and what the running service sees', async () => {
  answer = JSON.stringify(described('integration', 'ok', 'Nothing needs attention\u202e'));
  const text = await seen();
  expect(text).toMatch(/^Checked as uid \d+ on .* at 2026-03-02 09:30:00 UTC, with the variables of this shell\.$/m);
  expect(text).toMatch(/sees integration as ok \(Nothing needs attention\\u\{202e\}\)\.\n$/);
  expect(asked.at(-1)).toBe('/api/v1/environments/integration');
});

test('several environments: the service is asked once, and what it says is one line', async () => {
  const before = asked.length;
  const environments = [described('integration'), described('b'), described('c', 'critical', 'The key is gone'), 7];
  answer = JSON.stringify({ environments: [...environments, described('of no interest here')] });
  const text = await seen(unreadable(), {}, unreadable('b'), unreadable('c'));
  expect(asked.slice(before)).toEqual(['/api/v1/environments']);
  expect(text.split('\n')).toHaveLength(3);
  expect(text).toMatch(/sees integration, b as ok \(Nothing needs attention\); c as critical \(The key is gone\)\.\n$/);
});

test('several environments, and nobody answers: one line', async () => {
  const text = await seen(unreadable(), { port: 1 }, ...[...'abcdefg'].map(unreadable));
  expect(text.split('\n')).toHaveLength(3);
  expect(text).toContain('would see of integration, a, b, c, d and 3 more.');
});

test.each(['', 'not JSON', '{"status":"ok"}', '[]'])('what answers is not the service (%j)', async (other) => {
  answer = other;
  expect(await seen()).toContain('No service answers at');
});

test('nobody answers', async () => {
  expect(await seen(unreadable(), { port: 1 })).toContain('No service answers at http://127.0.0.1:1');
});

test('an answer without an end is not read for longer than one of ours could be', async () => {
  let sent = 0;
  const endless = createServer((request, response) => {
    const more = () => {
      let goesOn = true;
      while (goesOn && !response.destroyed) {
        goesOn = response.write(Buffer.alloc(65_536, ' '));
        sent += 65_536;
      }
    };
    response.on('drain', more);
    request.socket.on('error', () => {});
    more();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  try {
    expect(await seen(unreadable(), { port: (endless.address() as AddressInfo).port })).toContain(
      'No service answers at',
    );
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  } finally {
    endless.closeAllConnections();
    await new Promise((resolve) => endless.close(resolve));
  }
});

test('a service that wants a password is not asked', async () => {
  const before = asked.length;
  expect(await seen(unreadable(), { basicAuth: { username: 'x' } })).toContain('it is not asked here');
  expect(asked.length).toBe(before);
});

import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Service } from '../../src/service/types.ts';
import type { Health } from '../../src/web/health.ts';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { serviceOver } from '../support/service.ts';

let estate: DiskEstate;
let service: Service | undefined;
let log = '';
let originals: Record<string, Buffer>;

beforeAll(async () => {
  estate = await diskEstate(['alpha', 'beta']);
  const { certificate, privateKey, caBundle } = estate.files.alpha!;
  const contents = [certificate, privateKey, caBundle].map(async (path) => [path, await readFile(path)] as const);
  originals = Object.fromEntries(await Promise.all(contents));
});
afterAll(() => estate.remove());
beforeEach(async () => {
  log = '';
  await estate.configure();
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  for (const [path, content] of Object.entries(originals)) {
    await rm(path, { recursive: true, force: true });
    await writeFile(path, content, { mode: 0o600 });
  }
});

async function start(): Promise<Service> {
  service = await serviceOver(estate, (line) => {
    log += line;
  });
  await expect.poll(async () => (await fetch(`${service?.url}/health/ready`)).status, slow).toBe(200);
  // What an earlier service knew is shown at first.
  const checked = () => {
    const { environments, startedAt } = service!.estate();
    return environments.every(({ lastRunAt }) => lastRunAt !== undefined && lastRunAt >= startedAt);
  };
  await expect.poll(checked, slow).toBe(true);
  // The first handshakes have been refused: from here on nothing moves by itself.
  const totals = () => service?.estate().environments.map(({ handshake }) => handshake.totals.failure);
  await expect.poll(totals, slow).toEqual(expect.not.arrayContaining([0]));
  return service;
}
const slow = { timeout: 10_000, interval: 20 };

async function scrape(): Promise<string> {
  const response = await fetch(`${service?.url}/metrics`, { signal: AbortSignal.timeout(10_000) });
  expect(response.status).toBe(200);
  return response.text();
}
const ofEnvironment = (text: string, name: string) =>
  text
    .split('\n')
    .filter((line) => line.includes(`mesh_environment="${name}"`) && !/nhs_mesh_check_(last|next|dur)/.test(line));
const dates = (lines: string[]) => lines.filter((line) => /_(certificate_not|credential_expiry)/.test(line));
const passed = (text: string, name: string, check: string) =>
  Number(new RegExp(`nhs_mesh_check_passed\\{mesh_environment="${name}",check="${check}"\\} (.)`).exec(text)?.[1]);

describe('a file that goes bad', () => {
  const corrupt = '-----BEGIN CERTIFICATE-----\nMIIBnotDER\n-----END CERTIFICATE-----\n';
  type Part = 'certificate' | 'privateKey' | 'caBundle';
  const accidents: Record<string, (path: string) => Promise<unknown>> = {
    corrupt: (path) => writeFile(path, corrupt),
    empty: (path) => writeFile(path, ''),
    missing: (path) => rm(path),
    unreadable: async (path) => {
      await rm(path);
      await mkdir(path);
    },
    'too large': (path) => writeFile(path, Buffer.alloc(2 * 1024 * 1024, 'x')),
  };
  const cases = Object.keys(accidents).flatMap((accident) =>
    (['certificate', 'privateKey', 'caBundle'] as const).map((part) => [accident, part] as [string, Part]),
  );

  test.each(cases)('%s %s: only its environment’s series change, and its dates stay', async (accident, part) => {
    await start();
    const before = await scrape();
    expect(passed(before, 'alpha', 'readable')).toBe(1);
    await accidents[accident]?.(estate.files.alpha![part]);
    await expect.poll(async () => passed(await scrape(), 'alpha', 'readable'), slow).toBe(0);
    const after = await scrape();
    expect(ofEnvironment(after, 'beta')).toEqual(ofEnvironment(before, 'beta'));
    expect(dates(ofEnvironment(after, 'alpha')).sort()).toEqual(dates(ofEnvironment(before, 'alpha')).sort());
    expect(after).toContain('nhs_mesh_credential_valid{mesh_environment="alpha"} 0\n');
    const health = await fetch(`${service?.url}/health/environments/beta`);
    expect(((await health.json()) as Health).checks['beta:credential-expiry']?.[0]?.status).toBe('pass');
  });

  test('swapped for another environment’s certificate: its key does not match, and no other series change', async () => {
    await start();
    const before = await scrape();
    await writeFile(estate.files.alpha!.certificate, estate.pki.beta!.client.pem);
    await expect.poll(async () => passed(await scrape(), 'alpha', 'key_match'), slow).toBe(0);
    expect(ofEnvironment(await scrape(), 'beta')).toEqual(ofEnvironment(before, 'beta'));
  });

  test('and good again: everything is as before', async () => {
    await start();
    const before = ofEnvironment(await scrape(), 'alpha');
    await rm(estate.files.alpha!.certificate);
    await expect.poll(async () => passed(await scrape(), 'alpha', 'readable'), slow).toBe(0);
    await writeFile(estate.files.alpha!.certificate, originals[estate.files.alpha!.certificate]!);
    await expect.poll(async () => passed(await scrape(), 'alpha', 'readable'), slow).toBe(1);
    expect(ofEnvironment(await scrape(), 'alpha')).toEqual(before);
  });

  test('is one line in the log when it happens, and none at every check', async () => {
    await start();
    await rm(estate.files.alpha!.certificate);
    await expect.poll(() => log, slow).toContain('certificate_unreadable');
    const since = log.length;
    const run = service!.estate().environments[0]?.lastRunAt;
    await expect
      .poll(() => service!.estate().environments[0]?.lastRunAt?.getTime(), slow)
      .toBeGreaterThan(run!.getTime() + 1_000);
    expect(log.slice(since)).toBe('');
  });
});

describe('a reload', () => {
  test('takes over what has changed on disk, by itself, and keeps counters and dates', async () => {
    await start();
    await rm(estate.files.alpha!.certificate);
    await expect.poll(async () => passed(await scrape(), 'alpha', 'readable'), slow).toBe(0);
    const before = await scrape();
    await estate.configure({ names: ['alpha'] });
    await expect.poll(async () => ofEnvironment(await scrape(), 'beta'), slow).toEqual([]);
    const after = await scrape();
    expect(dates(ofEnvironment(after, 'alpha'))).toEqual(dates(ofEnvironment(before, 'alpha')));
    expect(after).toContain('nhs_mesh_handshakes_total{mesh_environment="alpha",outcome="failure"} 1\n');
    await expect.poll(() => log, slow).toContain('"msg":"configuration loaded"');
  });

  test('through swapped links, as Kubernetes does it', async () => {
    const mount = join(estate.directory, 'mount');
    for (const [version, names] of [
      ['v1', ['alpha', 'beta']],
      ['v2', ['beta']],
    ] as const) {
      await estate.configure({ names });
      await mkdir(join(mount, version), { recursive: true });
      await rename(estate.config, join(mount, version, 'config.yaml'));
    }
    await symlink('v1', join(mount, '..data'));
    await symlink(join(mount, '..data', 'config.yaml'), estate.config);
    await start();
    await symlink('v2', join(mount, '..data_tmp'));
    await rename(join(mount, '..data_tmp'), join(mount, '..data'));
    await expect.poll(() => service!.estate().environments.map(({ name }) => name), slow).toEqual(['beta']);
    await rm(estate.config);
    await rm(mount, { recursive: true });
  });

  test('that is wrong leaves the old configuration in force, and says so until it is right', async () => {
    await start();
    const well = await readFile(estate.config);
    const state = async () => /\nnhs_mesh_config_last_reload_successful (.)/.exec(await scrape())?.[1];
    expect(await state()).toBe('1');
    await writeFile(estate.config, 'environments: [{ name: alpha, unknown: planted-secret-1T }]');
    expect(await service!.reload()).toBe(false);
    expect(await state()).toBe('0');
    expect(service!.estate().environments.map(({ name }) => name)).toEqual(['alpha', 'beta']);
    expect(log).toContain('configuration refused');
    expect(log).toContain('environments[0]');
    expect(log).not.toContain('planted-secret-1T');
    await writeFile(estate.config, well);
    expect(await service!.reload()).toBe(true);
    expect(await state()).toBe('1');
  });

  test('cannot move the state directory, and refuses the whole configuration then', async () => {
    await start();
    await estate.configure({ names: ['beta'], top: { state_dir: 'elsewhere' } });
    expect(await service!.reload()).toBe(false);
    expect(service!.estate().environments).toHaveLength(2);
  });

  test('with another address to listen on says that it needs a restart', async () => {
    await start();
    await estate.configure({ top: { http: { listen: '127.0.0.1:9' } } });
    expect(await service!.reload()).toBe(true);
    expect(log).toContain('http.listen has changed; it needs a restart');
    expect((await fetch(`${service!.url}/health/live`)).status).toBe(200);
  });

  test('with basic authentication counts from the next request on', async () => {
    await start();
    const basic_auth = { username: 'prometheus', password: { env: 'SHARED_KEY' } };
    await estate.configure({ top: { http: { listen: '127.0.0.1:0', basic_auth } } });
    await service!.reload();
    expect((await fetch(`${service!.url}/metrics`)).status).toBe(401);
    const authorization = `Basic ${btoa(`prometheus:${estate.env.SHARED_KEY}`)}`;
    expect((await fetch(`${service!.url}/metrics`, { headers: { authorization } })).status).toBe(200);
  });
});

describe('the end', () => {
  test('gives the state directory and the port free, so that another can start at once', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(/state/);
    await first.stop();
    await start();
  });

  test('a start that fails leaves nothing behind', async () => {
    const first = await start();
    await estate.configure({ top: { state_dir: 'other', http: { listen: new URL(first.url).host } } });
    await expect(serviceOver(estate, () => {})).rejects.toThrow(/EADDRINUSE/);
    await rm(join(estate.directory, 'other'), { recursive: true });
    service = first;
  });
});

test('no secret reaches log, metrics or health', async () => {
  await start();
  const shown = [log, await scrape(), await (await fetch(`${service!.url}/health`)).text()].join('\n');
  for (const secret of Object.values(estate.env)) expect(shown).not.toContain(secret);
  expect(shown).not.toMatch(/PRIVATE KEY/);
});

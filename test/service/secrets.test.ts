/** Everything that leaves the running service, searched for everything that must not. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEstate, type Estate } from '../../src/demo/estate.ts';
import { eventually } from '../support/process.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

const names = ['integration', 'production', 'deployment', 'standby', 'legacy', 'sandbox'];
const paths = [
  '/',
  '/health',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/calendar.ics',
  '/renewals',
  '/api/v1/environments',
  '/api/v1/renewals',
  '/api/v1/openapi.json',
  '/nowhere',
  ...names.flatMap((name) => [
    `/health/environments/${name}`,
    `/environments/${name}`,
    `/renewals/${name}`,
    `/api/v1/environments/${name}`,
  ]),
];

let estate: Estate;
let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  estate = await createEstate({ now: () => new Date(), atMs: 0, port: 0, caught: () => {} });
  service = await startServiceProcess(estate.configurationFile, { env: estate.env });
  url = service.url;
  await eventually(service.output, async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const shaken = metrics.match(/^nhs_mesh_handshake_success\{/gm)?.length === names.length;
    const asked = ['legacy', 'production'].every((name) =>
      metrics.includes(`{mesh_environment="${name}",state="requested"} 1`),
    );
    return (shaken && asked) || undefined;
  });
}, 120_000);
afterAll(async () => {
  await service?.stop();
  await estate?.stop();
});

async function filesBelow(folder: string): Promise<[path: string, content: string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => [path, await readFile(path, 'latin1')] as [string, string]));
}

/** Each secret, and the middle of each private key as its PEM writes it. */
async function forbidden(): Promise<string[]> {
  const keys = (await filesBelow(estate.folder)).filter(([path]) => path.endsWith('.pem') && path.includes('key'));
  return [...Object.values(estate.env), ...keys.map(([, pem]) => pem.split('\n')[8] ?? '')].filter(
    (each) => each !== '',
  );
}

describe('a running service', () => {
  test('shows no secret on any page, in any answer, metric or log', async () => {
    // Both kinds of trouble that could make something print what it should not.
    await writeFile(
      join(estate.folder, 'integration', 'private_key.pem'),
      '-----BEGIN PRIVATE KEY-----\nplantedDamage\n',
    );
    await writeFile(estate.configurationFile, `${await readFile(estate.configurationFile, 'utf8')}\ncolour: red\n`);
    const told = ['private_key_malformed', 'configuration refused'];
    await eventually(service.output, () => told.every((each) => service.output().includes(each)) || undefined);
    const secrets = await forbidden();
    expect(secrets.length).toBeGreaterThan(8);
    const answers = await Promise.all(
      paths.map(async (path) => [path, await (await fetch(url + path)).text()] as const),
    );
    for (const [path, text] of [...answers, ['the log', service.output()] as const]) {
      for (const secret of secrets) expect(text.includes(secret), path).toBe(false);
      // A finding names the label of a damaged block, and nothing of what is between its lines.
      expect(text.replaceAll('block 1 (PRIVATE KEY, line 1)', ''), path).not.toMatch(
        /PRIVATE KEY|plantedDamage|NHSMESH/,
      );
    }
  });

  test('writes no secret into the state directory or a message; a new key is there encrypted, for the owner alone', async () => {
    const secrets = await forbidden();
    const [state, mail] = [
      await filesBelow(join(estate.folder, 'state')),
      await filesBelow(join(estate.folder, 'mail')),
    ];
    expect(mail.length).toBeGreaterThanOrEqual(2);
    const pending = state.filter(([, content]) => content.includes('PRIVATE KEY'));
    expect(pending.length).toBeGreaterThanOrEqual(2);
    for (const [path, content] of pending) expect(content, path).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const pendingPaths = new Set(pending.map(([path]) => path));
    for (const [path, content] of [...state, ...mail]) {
      const mayHold = pendingPaths.has(path) ? Object.values(estate.env) : secrets;
      for (const secret of mayHold) expect(content.includes(secret), path).toBe(false);
    }
  });

  test('has no secret among its arguments', async () => {
    const line = await readFile(`/proc/${service.child.pid}/cmdline`, 'latin1').catch(() => '');
    for (const secret of Object.values(estate.env)) expect(line.includes(secret)).toBe(false);
  });
});

/** The README's first command, as it is built. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually, type Program, start } from '../support/process.ts';

let demo: Program | undefined;
// As a person ends it, so that it cleans up after itself.
afterEach(() => demo?.stop('SIGINT'));

const ready = (...args: string[]) => readyOn(0, ...args);

async function readyOn(port: number, ...args: string[]) {
  demo = start(process.execPath, ['dist/main.js', 'demo', '--port', `${port}`, ...args]);
  const { output } = demo;
  // It makes RSA keys first.
  await eventually(output, () => (output().includes('Press Ctrl-C') ? true : undefined), 60_000);
  const url = /Page +(http:\S+)\//.exec(output())![1]!;
  const folder = /Files +(\S+)/.exec(output())![1]!;
  const environments = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const states = [...text.matchAll(/nhs_mesh_renewal_state\{mesh_environment="(\w+)",state="(\w+)"\} 1\n/g)];
    return { text, renewals: Object.fromEntries(states.map(([, name, state]) => [name, state])) };
  };
  return { demo, output, url, folder, environments };
}

/** The requests leave while the page is already shown. */
function asked(look: () => Promise<{ text: string; renewals: Record<string, string> }>, names: readonly string[]) {
  return eventually(
    () => `a request of ${names.join(' and ')}`,
    async () => {
      const seen = await look();
      return names.every((name) => seen.renewals[name] === 'requested') ? seen : undefined;
    },
  );
}

async function ended({ child, stop }: Program): Promise<number | null> {
  await stop('SIGINT');
  return child.exitCode;
}

describe('demo', () => {
  test('shows six environments in their states, and leaves nothing behind', async () => {
    const { demo, output, folder, environments } = await ready();
    for (const [status, name] of [
      ['ok', 'integration'],
      ['ok', 'production'],
      ['warning', 'deployment'],
      ['critical', 'standby'],
      ['critical', 'legacy'],
      ['ok', 'sandbox'],
    ]) {
      expect(output()).toMatch(new RegExp(`${status} +${name} `));
    }
    const { text, renewals } = await asked(environments, ['production', 'legacy']);
    expect(renewals).toMatchObject({ integration: 'not_due', production: 'requested', legacy: 'requested' });
    expect(text).toContain('nhs_mesh_handshake_success{mesh_environment="integration"} 1');
    expect(text).toContain('{mesh_environment="standby",reason="credential_unusable"} 1');
    expect(text).toContain('{mesh_environment="legacy",reason="client_certificate_expired"} 1');
    expect(await ended(demo)).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  test('the desk gets the request with its CSR, and no key', async () => {
    const { folder, environments } = await ready();
    // The mail server takes a message when it has written all of it.
    await asked(environments, ['production', 'legacy']);
    const files = await readdir(join(folder, 'mail'));
    const mails = await Promise.all(files.map((file) => readFile(join(folder, 'mail', file), 'utf8')));
    expect(mails).toHaveLength(2);
    const request = mails.find(
      (mail) => mail.includes('environment: production') || mail.includes('Environment: production'),
    );
    expect(request).toMatch(/x26dem2\.x26\.api\.mesh-client\.nhs\.uk\.csr/);
    expect(mails.join('')).not.toMatch(/PRIVATE KEY/);
  });

  test('what it says to try does what it says', async () => {
    const { folder, environments } = await ready();
    const copy = async (from: string, to: string) => writeFile(join(folder, to), await readFile(join(folder, from)));
    await copy('deployment/ca_bundle.root-first.pem', 'deployment/ca_bundle.pem');
    await copy('standby/private_key.right.pem', 'standby/private_key.pem');
    await writeFile(join(folder, 'integration/client.pem'), 'oops');
    const passed = (name: string, check: string, value: 0 | 1) =>
      `nhs_mesh_check_passed{mesh_environment="${name}",check="${check}"} ${value}\n`;
    const wanted = [
      passed('deployment', 'chain_order', 1),
      passed('standby', 'key_match', 1),
      passed('integration', 'readable', 0),
    ];
    await eventually(
      () => wanted.join(),
      async () => {
        const { text } = await environments();
        return wanted.every((line) => text.includes(line)) || undefined;
      },
    );
  });

  test('takes another port for one that is in use, and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { output, url } = await readyOn(port).finally(() => other.close());
    expect(output()).toContain(`Port ${port} is in use, so the page gets another one.\n`);
    expect(url).not.toContain(`:${port}`);
  });

  test('ninety days later the healthy certificate is being renewed and production has expired', async () => {
    const { output, environments } = await ready('--at', '90d');
    expect(output()).toMatch(/critical +production +The client certificate .* expired on/);
    expect((await asked(environments, ['integration'])).renewals).toMatchObject({ integration: 'requested' });
  });
});

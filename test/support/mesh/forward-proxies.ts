/** Real forward proxies, squid and tinyproxy, each in its own folder. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, start } from '../process.ts';
import { accepts, programNamed } from './fronts/front.ts';

export interface ForwardProxy {
  readonly host: string;
  stop(): Promise<void>;
}

/** `secret` is the password of the user `mesh`; without it nobody has to sign in. `forbids` is a host that nobody can reach through it. */
export interface Rules {
  readonly secret?: string;
  readonly forbids?: string;
}

export function startSquid(rules: Rules): Promise<ForwardProxy> {
  return started('squid', async (folder, port) => {
    const users = await written(folder, 'users', `mesh:${rules.secret ?? ''}\n`);
    // NCSA files contain hashes. This helper reads a plain file.
    const helper = await written(
      folder,
      'check',
      `#!/bin/sh\nwhile read -r line; do grep -qxF "$(echo "$line" | tr ' ' ':')" ${users} && echo OK || echo ERR; done\n`,
      0o755,
    );
    const login = `auth_param basic program ${helper}\nauth_param basic children 1\nauth_param basic realm MESH\nacl known proxy_auth REQUIRED\nhttp_access deny !known`;
    const conf = `http_port 127.0.0.1:${port}
pid_filename ${folder}/squid.pid
cache_log ${folder}/cache.log
access_log none
cache deny all
coredump_dir ${folder}
shutdown_lifetime 0 seconds
connect_timeout 20 seconds
dns_timeout 20 seconds
${rules.forbids ? `acl forbidden dstdomain ${rules.forbids}\nhttp_access deny forbidden` : ''}
${rules.secret ? login : ''}
http_access allow all
`;
    // It drops root for its own user, and names its shared memory after the service.
    await chmod(folder, 0o777);
    return ['-N', '-n', `mesh${port}`, '-f', await written(folder, 'squid.conf', conf)];
  });
}

export function startTinyproxy(rules: Rules): Promise<ForwardProxy> {
  return started('tinyproxy', async (folder, port) => {
    const filter = rules.forbids ? `Filter "${await written(folder, 'filter', `${rules.forbids}\n`)}"` : '';
    const conf = `Port ${port}
Listen 127.0.0.1
Timeout 20
MaxClients 10
LogLevel Error
${rules.secret ? `BasicAuth mesh ${rules.secret}` : ''}
${filter}
`;
    return ['-d', '-c', await written(folder, 'tinyproxy.conf', conf)];
  });
}

async function written(folder: string, name: string, content: string, mode = 0o644): Promise<string> {
  await writeFile(join(folder, name), content, { mode });
  return join(folder, name);
}

async function started(
  name: string,
  configure: (folder: string, port: number) => Promise<string[]>,
): Promise<ForwardProxy> {
  const [folder, port] = [await mkdtemp(join(tmpdir(), `mesh-cert-monitor-${name}-`)), await freePort()];
  const program = start(programNamed(name) ?? name, await configure(folder, port));
  await eventually(program.output, async () => {
    if (program.child.exitCode !== null) throw new Error(`${name} ended: ${program.output()}`);
    return (await accepts(port)) ? true : undefined;
  });
  return {
    host: `127.0.0.1:${port}`,
    async stop() {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

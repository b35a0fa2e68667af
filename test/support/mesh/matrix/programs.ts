/** The versions of what the matrix runs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Front } from '../fronts/index.ts';
import { sandboxPython } from '../sandbox.ts';
import { officialPython } from './official-client.ts';

const run = promisify(execFile);

/** `-v` prints the version, unless it is listed here. */
const options: Readonly<Record<string, string>> = {
  'openssl s_server': 'version',
  'gnutls-serv': '--version',
  stunnel: '-version',
  hitch: '--version',
  Caddy: 'version',
  Java: '-version',
  Go: 'version',
  Python: '-V',
};

/** Program and version: of the servers that are installed, of the sandbox, and of NHS England's client. */
export async function programs(fronts: readonly Front[], official: boolean): Promise<Record<string, string>> {
  const versions: [string, string][] = [];
  for (const { name, program } of fronts) {
    const path = program();
    if (path) versions.push([name.replace(/ \(.*/, ''), await versionOf(path, options[name] ?? '-v')]);
  }
  versions.push(['mesh-sandbox', await packageVersion(sandboxPython, 'mesh-sandbox')]);
  if (official) versions.push(['mesh-client', await packageVersion(officialPython, 'mesh-client')]);
  return Object.fromEntries(versions);
}

/** The first number that a program prints. */
async function versionOf(program: string, option: string): Promise<string> {
  const { stdout, stderr } = await run(program, [option]);
  return /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'unknown';
}

async function packageVersion(python: string, name: string): Promise<string> {
  const code = `import importlib.metadata as m; print(m.version("${name}"))`;
  return (await run(python, ['-c', code])).stdout.trim();
}

// What an installation needs to be green, in a given folder: a configuration with one environment, its credential, and a MESH stand-in that
// accepts it. Stays until it is told to stop. The configuration expects itself in /etc/mesh-cert-monitor.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createEstate } from '../src/demo/index.ts';
import { freePort } from '../test/support/process.ts';

const [folder = ''] = process.argv.slice(2);
const port = await freePort();
const estate = await createEstate({ now: () => new Date(), atMs: 0, port, caught: () => {} });
const file = parse(readFileSync(estate.configurationFile, 'utf8'));
file.state_dir = '/var/lib/mesh-cert-monitor';
file.environments = file.environments.filter(({ name }: { name: string }) => name === 'integration');
mkdirSync(folder, { recursive: true });
cpSync(join(estate.folder, 'integration'), join(folder, 'integration'), { recursive: true });
writeFileSync(join(folder, 'config.yaml'), stringify(file));
const variables = Object.entries(estate.env).map(([name, value]) => `${name}=${value}\n`);
writeFileSync(join(folder, 'environment'), variables.join(''));
writeFileSync(join(folder, 'port'), String(port));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void estate.stop().then(() => process.exit(0)));

// npm run matrix -- [--write] [--front NAME] [--fault TEXT]: every certificate fault on either side, with real servers in front of the MESH
// sandbox, alongside NHS England's own client. Prints reason, detail and remedy of each cell and compares them with docs/handshake-matrix.json;
// --write records the new ones. CONTRIBUTING.md lists the packages that it needs. A server that is not installed is left out, and named.
import { parseArgs } from 'node:util';
import { type Front, fronts } from '../fronts/index.ts';
import { hasSandbox, startSandbox } from '../sandbox.ts';
import { makeMaterial } from './material.ts';
import { hasOfficialClient, startOfficialClient } from './official-client.ts';
import { type Cell, play } from './play.ts';
import { programs } from './programs.ts';
import { changes, disagreements, recorded, writeRecord } from './table.ts';

const { values } = parseArgs({
  options: { write: { type: 'boolean' }, front: { type: 'string' }, fault: { type: 'string' } },
});

if (!hasSandbox()) process.exit(1);
const chosen = fronts.filter(({ name }) => name.includes(values.front ?? ''));
const [installed, missing] = [chosen.filter(({ program }) => program()), chosen.filter(({ program }) => !program())];
const cells = await playAll(installed);

if (missing.length > 0) say(`\nnot installed, and left out: ${missing.map(({ name }) => name).join(', ')}`);
const complaints = [...changes(cells, recorded()), ...disagreements(cells)];
for (const complaint of complaints) say(complaint);
say(`\n${cells.length} cells; ${complaints.length} changes and unexplained differences`);
if (values.write) {
  writeRecord(cells, new Date().toISOString().slice(0, 10), await programs(installed, hasOfficialClient()));
  say('recorded; now run: npm run format && npm run docs');
} else if (complaints.length > 0) {
  process.exitCode = 1;
}

async function playAll(those: readonly Front[]): Promise<Cell[]> {
  const [material, sandbox] = [await makeMaterial(), await startSandbox()];
  const official = hasOfficialClient() ? startOfficialClient() : undefined;
  const played: Cell[] = [];
  const only = ({ is }: { is: string }) => is.includes(values.fault ?? '');
  for (const front of those) {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for await (const cell of play(front, version, { material, sandbox, only, ...(official && { official }) })) {
        played.push(cell);
        print(cell);
      }
    }
  }
  await official?.stop();
  await sandbox.stop();
  return played;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function print({ front, version, fault, outcome, detail, remedy, requested, official }: Cell): void {
  const asked = requested === undefined ? '' : `, certificate ${requested ? '' : 'not '}asked for`;
  say(`\n${front}, ${version}: ${fault}\n  ${outcome}${asked}`);
  if (detail) say(`  ${detail}`);
  if (remedy) say(`  → ${remedy}`);
  if (official) say(`  official client: ${official}`);
}

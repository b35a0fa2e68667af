// npm run matrix -- [--write] [--front NAME] [--fault TEXT]: every certificate fault on either side, against real servers in front of the MESH sandbox, beside NHS
// England's own client. Prints reason, detail and remedy of each cell and compares with docs/handshake-matrix.json; --write takes the new ones over.
// Needs the packages that CONTRIBUTING.md names; what is not installed is left out, and said.
import { parseArgs } from 'node:util';
import { fronts } from '../test/support/mesh/fronts/index.ts';
import { makeMaterial } from '../test/support/mesh/matrix/material.ts';
import { hasOfficialClient, startOfficialClient } from '../test/support/mesh/matrix/official-client.ts';
import { type Cell, play } from '../test/support/mesh/matrix/play.ts';
import { differences, disagreements, readTable, writeTable } from '../test/support/mesh/matrix/table.ts';
import { hasSandbox, startSandbox } from '../test/support/mesh/sandbox.ts';

const { values } = parseArgs({
  options: { write: { type: 'boolean' }, front: { type: 'string' }, fault: { type: 'string' } },
});

if (!hasSandbox()) process.exit(1);
const [material, sandbox] = [await makeMaterial(), await startSandbox()];
const official = hasOfficialClient() ? startOfficialClient() : undefined;
const cells: Cell[] = [];
const missing: string[] = [];
for (const front of fronts) {
  if (values.front && !front.name.includes(values.front)) continue;
  if (!front.program()) {
    missing.push(front.name);
    continue;
  }
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const only = ({ is }: { is: string }) => !values.fault || is.includes(values.fault);
    for await (const cell of play(front, version, { material, sandbox, only, ...(official && { official }) })) {
      cells.push(cell);
      print(cell);
    }
  }
}
await official?.stop();
await sandbox.stop();

if (missing.length > 0) console.log(`\nnot installed, and left out: ${missing.join(', ')}`);
const complaints = [...differences(cells, readTable()), ...disagreements(cells)];
for (const complaint of complaints) console.log(complaint);
console.log(`\n${cells.length} cells, ${complaints.length} that differ from the table or from NHS England's client`);
if (values.write) writeTable(cells);
else if (complaints.length > 0) process.exitCode = 1;

function print({ front, version, fault, outcome, detail, remedy, requested, official: said }: Cell): void {
  console.log(`\n${front}, ${version}: ${fault}`);
  console.log(
    `  ${outcome}${requested === undefined ? '' : requested ? ', certificate asked for' : ', certificate not asked for'}`,
  );
  if (detail) console.log(`  ${detail}`);
  if (remedy) console.log(`  → ${remedy}`);
  if (said) console.log(`  official client: ${said}`);
}

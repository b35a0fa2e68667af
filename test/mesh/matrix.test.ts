import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Front, fronts } from '../support/mesh/fronts/index.ts';
import { type Material, makeMaterial } from '../support/mesh/matrix/material.ts';
import { hasOfficialClient, type Official, startOfficialClient } from '../support/mesh/matrix/official-client.ts';
import { type Cell, play } from '../support/mesh/matrix/play.ts';
import { changes, disagreements, recorded } from '../support/mesh/matrix/table.ts';
import { hasSandbox, type Server, startSandbox } from '../support/mesh/sandbox.ts';

/** A tenth of `npm run matrix`: the cells in which these servers differ, from packages that `.ci/run` installs. */
const tenth: Readonly<Record<string, readonly string[]>> = {
  nginx: [
    'nothing is wrong',
    'the mailbox’s password is wrong',
    'no client certificate is configured',
    'the client certificate has expired',
    'the client certificate is not for client authentication',
  ],
  Apache: [
    'the client certificate has expired',
    'the client certificate is not for client authentication',
    'the CA above the client certificate has expired',
    'the server’s own revocation list has expired',
    'the server asks for the certificate after the handshake',
  ],
  HAProxy: [
    'no client certificate is configured',
    'the client certificate is from a CA that the server does not know',
    'the client certificate is revoked',
    'the server’s own revocation list has expired',
    'the server’s certificate has a key of 1024 bits',
  ],
  stunnel: [
    'the client certificate is not valid yet',
    'the CA above the client certificate has expired',
    'the mailbox’s password is wrong',
  ],
  hitch: [
    'the client certificate is not valid yet',
    'the client certificate is signed with SHA-1',
    'the server’s certificate is for another name',
  ],
  'lighttpd (gnutls)': [
    'no client certificate is configured',
    'the client certificate is from a CA that the server does not know',
    'the client certificate has expired',
  ],
  'gnutls-serv': [
    'no client certificate is configured',
    'the client certificate is not for client authentication',
    'the server does not ask for a certificate',
  ],
  'openssl s_server': [
    'the client certificate is revoked',
    'the server’s certificate has expired',
    'the server’s certificate is signed with SHA-1',
  ],
  Python: [
    'no client certificate is configured',
    'the client certificate has expired',
    'the server’s certificate is self-signed',
    'the server leaves out its intermediate',
  ],
  Node: [
    'no client certificate is configured',
    'the client certificate is from a CA that the server does not know',
    'the server sends an intermediate that did not issue its certificate',
    'the server’s certificate has no SAN, and the right common name',
  ],
};

let material: Material;
let sandbox: Server;
let official: Official;
const able = hasSandbox() && hasOfficialClient();
beforeAll(async () => {
  if (!able) return;
  [material, sandbox, official] = [await makeMaterial(), await startSandbox(), startOfficialClient()];
});
afterAll(async () => {
  await official?.stop();
  await sandbox?.stop();
});

/** Under CI a server that is not installed is a failure. Elsewhere it is reported and left out. */
function installed({ name, program }: Front): boolean {
  if (program()) return true;
  if (process.env.CI === 'true') throw new Error(`${name} is not installed, and CI needs it`);
  process.stderr.write(`skipped: the part of the matrix that needs ${name}, which is not installed\n`);
  return false;
}

const chosen = fronts.filter(({ name }) => tenth[name]);
test('matrix: this is a tenth of what is recorded, and every server in it exists', () => {
  const cells = Object.entries(recorded().faults).flatMap(([fault, verdicts]) =>
    verdicts.flatMap(({ fronts: names }) => names.map((name) => ({ fault, front: name.slice(0, -' 1.2'.length) }))),
  );
  expect(cells.filter(({ fault, front }) => tenth[front]?.includes(fault)).length).toBeGreaterThanOrEqual(
    cells.length / 10,
  );
  expect(chosen.map(({ name }) => name).sort()).toEqual(Object.keys(tenth).sort());
});

describe.skipIf(!able).each(chosen.filter(installed).map((front) => [front.name, front] as const))(
  'matrix: %s',
  (name, front) => {
    test.each(['TLSv1.2', 'TLSv1.3'] as const)(
      '%s: says what is recorded, and agrees with NHS England’s client',
      async (version) => {
        const only = ({ is }: { readonly is: string }) => tenth[name]?.includes(is) ?? false;
        const cells: Cell[] = [];
        for await (const cell of play(front, version, { material, sandbox, official, only })) cells.push(cell);
        expect(cells.length).toBeGreaterThan(0);
        expect([...changes(cells, recorded()), ...disagreements(cells)]).toEqual([]);
      },
      120_000,
    );
  },
);

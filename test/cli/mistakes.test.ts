/** What a person gets who mistypes something: transcripts, as a terminal shows them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type } from '../support/cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-mistakes-'));
  const environment = (name: string, index: number) =>
    `  - name: ${name}\n    preset: sandbox\n    mesh: { url: "https://127.0.0.1:1", mailbox_id: X26ABC${index}, password: { env: A }, shared_key: { env: A } }\n`;
  const names = Array.from({ length: 120 }, (_, index) => `trust-${String(index).padStart(3, '0')}-integration`);
  const head =
    'application: Mavis\nods_code: X26\ncontact: { name: Ada, email: ada@example.org, telephone: 020 7946 0000 }\nenvironments:\n';
  writeFileSync(join(folder, 'mesh.yaml'), head + names.map(environment).join(''));
  writeFileSync(join(folder, 'notes.txt'), 'nothing to inspect');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Each as typed in the folder of the files. */
const mistakes: readonly (readonly string[])[] = [
  [],
  ['chekc'],
  ['nope'],
  ['help', 'nope'],
  ['help', 'chekc'],
  ['help', 'renewals', 'reslove'],
  ['renewals', 'reslove'],
  ['renewals', 'reslove', '--config', 'mesh.yaml', '--environment', 'trust-001-integration', '--sent'],
  ['renewals', 'resolve', '--config', 'mesh.yaml', '--environment', 'trust-001-integration'],
  ['check', '--confg', 'mesh.yaml'],
  ['check'],
  ['check', '--config', 'no-such.yaml'],
  ['check', '--config', 'mesh.yaml', '--environment', 'trust-042-integratoin', '--offline'],
  ['check', '--config', 'mesh.yaml', '--environment', 'live', '--offline'],
  ['check', '--config', 'mesh.yaml', '--environment', 'live', '--offline', '--format', 'nagios'],
  ['check', '--config', 'mesh.yaml', '--config', 'other.yaml'],
  ['check', '--config', 'mesh.yaml', '--format', 'xml'],
  ['check', '--config', 'mesh.yaml', '--at', 'tomorrow'],
  ['check', '--config', ''],
  ['check', '--config', 'mesh.yaml', '--username', 'ada'],
  ['renew', '--config', 'mesh.yaml', '--environment', 'trust-42-integration'],
  ['inspect'],
  ['inspect', '--cert', 'clinet.pem'],
  ['inspect', 'clinet.pem'],
  ['inspect', '*.pem'],
  ['inspect', '.'],
  ['inspect', 'notes.txt', '--key', 'notes.txt'],
  ['inspect', '--cert', 'notes.txt', '--cert', 'mesh.yaml'],
  ['inspect', '--cert', '-', '--key', '-'],
  ['inspect', '--cert', 'notes.txt', '--alias', 'mesh'],
  ['inspect', '--key', 'notes.txt', '--passphrase-env', 'NOT_SET'],
  ['inspect', '--connect', 'localhost:https'],
  ['inspect', '--connect', 'localhost:443', '--cert', 'notes.txt'],
  ['inspect', '--cert', 'notes.txt', '--quiet', '--format', 'json'],
  ['bundle'],
  ['accept', '--config', 'mesh.yaml', '--environment', 'trust-001-integration'],
  ['completion', 'tcsh'],
];

test('each mistake is explained where it was made, and ends with 3', async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    const transcripts: string[] = [];
    for (const words of mistakes) {
      const { code, stderr, stdout } = await type(words, { stdin: '' });
      expect(code).toBe(3);
      const typed = words.map((word) => (/^[\w./:*-]+$/.test(word) ? word : `'${word}'`)).join(' ');
      // The program's own help is locked elsewhere.
      const shown = words.length === 0 ? `${stderr.split('\n', 1)[0]}\n…\n` : stderr;
      transcripts.push(`$ mesh-cert-monitor ${typed}\n${stdout}${shown}`);
    }
    const text = transcripts.join('\n').replaceAll(folder, '/etc/mesh');
    await expect(text).toMatchFileSnapshot('golden/mistakes.txt');
  } finally {
    process.chdir(before);
  }
});

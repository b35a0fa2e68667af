/**
 * Holds the product's verdicts against published suites and against OpenSSL; docs/conformance.md says where the suites are and what came out.
 *
 *   npm run conformance -- --limbo FILE --bettertls FILE --pkits DIR [--openssl] [--only REGEXP] [--write]
 *   npm run conformance -- --random COUNT [--seed FIRST] [--write]
 *
 * Files may be gzipped. Exit status: 0 when every disagreement is explained, 1 when one is not, 2 for wrong words.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { compareWithAccepted, countAccepted } from './accepted.ts';
import type { Case } from './case.ts';
import { writeBlock } from './document.ts';
import { type Judged, judge } from './judge.ts';
import { Openssl, type OpensslVerdict } from './openssl.ts';
import { compareWithOpenssl } from './random/compare.ts';
import { differenceRules } from './random/differences.ts';
import { bettertlsCases } from './suites/bettertls.ts';
import { limboCases } from './suites/limbo.ts';
import { pkitsCases } from './suites/pkits.ts';
import { leftOut, table } from './table.ts';

const options = wordsOf(process.argv.slice(2));
let unexplained = 0;
if (options.limbo || options.bettertls || options.pkits) unexplained += await runSuites();
if (options.random !== undefined) unexplained += await runRandom(Number(options.random), Number(options.seed));
process.exitCode = unexplained > 0 ? 1 : 0;

function wordsOf(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        limbo: { type: 'string' },
        bettertls: { type: 'string' },
        pkits: { type: 'string' },
        openssl: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        random: { type: 'string' },
        seed: { type: 'string', default: '1' },
        write: { type: 'boolean', default: false },
      },
    });
    for (const name of ['random', 'seed'] as const)
      if (!/^\d+$/.test(values[name] ?? '0')) throw new Error(`--${name} is not a whole number`);
    if (!values.limbo && !values.bettertls && !values.pkits && values.random === undefined)
      throw new Error('nothing to do: give --limbo FILE, --bettertls FILE, --pkits DIR or --random COUNT');
    return values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

function text(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

async function runSuites(): Promise<number> {
  const all: Case[] = [
    ...(options.limbo ? limboCases(text(options.limbo)) : []),
    ...(options.bettertls ? bettertlsCases(text(options.bettertls)) : []),
    ...(options.pkits ? pkitsCases(options.pkits) : []),
  ];
  const cases = all.filter(({ id }) => new RegExp(options.only).test(id));
  const judged: Judged[] = [];
  for (const each of cases) judged.push(await judge(each));
  const openssl = options.openssl ? await askOpenssl(cases) : new Map<string, OpensslVerdict>();
  const figures = table(judged, openssl);
  console.log(`${figures}\nLeft out:\n\n${leftOut(judged)}`);
  for (const { group, count } of countAccepted(judged)) console.log(`${count} ${group.side}: ${group.reason}`);
  const { unexplained: bad, stale } = compareWithAccepted(judged);
  for (const { reasons, side, test } of bad) console.log(`NOT EXPLAINED: ${side} ${test.id} ${reasons.join(' ')}`);
  for (const id of stale) console.log(`NO LONGER TRUE: ${id} is in accepted.yaml, and does not disagree like that`);
  if (options.write)
    writeBlock('suites', `\n${figures}\nLeft out, because they ask about something else:\n\n${leftOut(judged)}\n`);
  return bad.length + stale.length;
}

async function askOpenssl(cases: readonly Case[]): Promise<Map<string, OpensslVerdict>> {
  const openssl = new Openssl();
  const verdicts = new Map<string, OpensslVerdict>();
  try {
    const queue = cases.filter(({ expected }) => expected !== undefined).values();
    const work = async () => {
      for (const test of queue) verdicts.set(test.id, await openssl.ask({ ...test, purpose: 'any' }));
    };
    await Promise.all([work(), work()]);
  } finally {
    openssl.close();
  }
  return verdicts;
}

async function runRandom(count: number, seed: number): Promise<number> {
  console.log(`${count} random paths, seeds ${seed} to ${seed + count - 1}`);
  const {
    accepted,
    explained,
    refused,
    unexplained: bad,
  } = await compareWithOpenssl(count, seed, (done) => {
    if (done > 0 && done % 1000 === 0) console.log(`${done} …`);
  });
  const rows = differenceRules.map(({ name, reason }) => `| ${name} | ${explained.get(name) ?? 0} | ${reason} |`);
  const figures = [
    `${count} paths, seeds ${seed} to ${seed + count - 1}: both accept ${accepted}, both refuse ${refused}, ${count - accepted - refused - bad.length} differ for a reason in this table, ${bad.length} for none.`,
    '',
    '| rule | paths | reason |',
    '|---|---:|---|',
    ...rows,
    '',
  ].join('\n');
  console.log(figures);
  for (const { ours, path, theirs } of bad) {
    const reasons = ours.findings
      .filter(({ severity }) => severity === 'critical')
      .map(({ code, message }) => `${code}: ${message}`);
    console.log(
      `NOT EXPLAINED: seed ${path.seed} (${path.notes.join('; ')}): we say ${ours.valid ? 'valid' : reasons.join(' ')}; OpenSSL: ${theirs.reason ?? 'OK'}`,
    );
  }
  if (options.write) writeBlock('random', `\n${figures}\n`);
  return bad.length;
}

/**
 * Compares the product's verdicts with published suites and with OpenSSL. docs/conformance.md says where to find the suites.
 *
 *   npm run conformance -- --limbo FILE --bettertls FILE --pkits DIR [--openssl] [--only REGEXP] [--write]
 *   npm run conformance -- --random COUNT [--seed FIRST] [--write]
 *
 * Files may be gzipped. Exit status: 0 if every disagreement is explained, 1 if one is not, 2 for wrong options.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { compareWithAccepted, countAccepted } from './accepted.ts';
import type { Case } from './case.ts';
import { writeFigures } from './figures.ts';
import { type Judged, judge } from './judge.ts';
import { Openssl, type OpensslVerdict } from './openssl.ts';
import { compareWithOpenssl } from './random/compare.ts';
import { bettertlsCases } from './suites/bettertls.ts';
import { limboCases } from './suites/limbo.ts';
import { pkitsCases } from './suites/pkits.ts';
import { leftOutOf, rowsOf, table } from './table.ts';

const options = optionsOf(process.argv.slice(2));
let unexplained = 0;
if (options.limbo || options.bettertls || options.pkits) unexplained += await runSuites();
if (options.random !== undefined) unexplained += await runRandom(Number(options.random), Number(options.seed));
process.exitCode = unexplained > 0 ? 1 : 0;

function optionsOf(args: string[]) {
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

/** @returns the number of unexplained disagreements and of explanations that are not needed */
async function runSuites(): Promise<number> {
  const cases = [
    ...(options.limbo ? limboCases(text(options.limbo)) : []),
    ...(options.bettertls ? bettertlsCases(text(options.bettertls)) : []),
    ...(options.pkits ? pkitsCases(options.pkits) : []),
  ].filter(({ id }) => new RegExp(options.only).test(id));
  const judged: Judged[] = [];
  for (const each of cases) judged.push(await judge(each));
  const openssl = options.openssl ? await askOpenssl(cases) : new Map<string, OpensslVerdict>();
  const [rows, leftOut] = [rowsOf(judged, openssl), leftOutOf(judged)];
  console.log(table(rows));
  for (const { cases: number, remark, suite } of leftOut) console.log(`left out: ${number} of ${suite}: ${remark}`);
  for (const { count, group } of countAccepted(judged)) console.log(`${count} ${group.side}: ${group.reason}`);
  const { stale, unexplained: bad } = compareWithAccepted(judged);
  for (const { reasons, side, test } of bad) console.log(`NOT EXPLAINED: ${side} ${test.id} ${reasons.join(' ')}`);
  for (const id of stale) console.log(`NO LONGER TRUE: ${id} is in accepted.yaml, but does not disagree in that way`);
  if (options.write) writeFigures({ suites: { ...thisRun(), rows, leftOut } });
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

/** @returns how many differences are not explained */
async function runRandom(paths: number, seed: number): Promise<number> {
  console.log(`${paths} random paths, seeds ${seed} to ${seed + paths - 1}`);
  const progress = (done: number) => {
    if (done > 0 && done % 1000 === 0) console.log(`${done} …`);
  };
  const { accepted, explained, refused, unexplained: bad } = await compareWithOpenssl(paths, seed, progress);
  console.log(`both accept ${accepted}, both refuse ${refused}`);
  for (const [rule, count] of explained) console.log(`${count} ${rule}`);
  for (const { ours, path, theirs } of bad) {
    const reasons = ours.findings
      .filter(({ severity }) => severity === 'critical')
      .map(({ code, message }) => `${code}: ${message}`);
    const verdicts = `we say ${ours.valid ? 'valid' : reasons.join(' ')}; OpenSSL says ${theirs.reason ?? 'OK'}`;
    console.log(`NOT EXPLAINED: seed ${path.seed} (${path.notes.join('; ')}): ${verdicts}`);
  }
  const counts = Object.fromEntries([...explained].sort(([a], [b]) => a.localeCompare(b)));
  if (options.write)
    writeFigures({
      random: { ...thisRun(), paths, seed, accepted, refused, explained: counts, unexplained: bad.length },
    });
  return bad.length;
}

function thisRun() {
  return {
    date: new Date().toISOString().slice(0, 10),
    openssl: execFileSync('openssl', ['version']).toString().split(' ').slice(0, 2).join(' '),
  };
}

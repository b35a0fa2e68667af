import { stat } from 'node:fs/promises';
import type { Source } from '../config/index.ts';
import { examineSources } from '../examine/index.ts';
import { type Finding, statusOf } from '../findings/index.ts';
import { thresholds } from '../inspect/index.ts';
import { inspectionReport, inspectionText } from '../report/index.ts';
import { joined, jsonText, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import type { InspectOptions } from './options.ts';

export async function run(options: InspectOptions, io: CommandIo): Promise<ExitCode> {
  const at = options.at ?? io.now();
  const { chainOrder } = options;
  const sources = inputsOf(options, io);
  await refuseMissing([options.cert, options.key, options.caBundle, options.keystore]);
  const judged = await examineSources(sources, { chainOrder, thresholds }, io.env, at);
  const findings = judged.assessment.findings.map(remediedHere);
  const inspected = { assessment: { ...judged.assessment, findings }, sources, chainOrder };
  io.stdout(
    options.format === 'json'
      ? joined([jsonText(inspectionReport(inspected, io.now()), 2), say`\n`])
      : inspectionText(inspected, io),
  );
  return exitCode[statusOf(findings)];
}

/** A name that does not exist was mistyped, which says nothing about a certificate. What exists and cannot be read is a finding. */
async function refuseMissing(paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    const problem =
      path === undefined ? undefined : await stat(path).catch((error: NodeJS.ErrnoException) => error.code);
    if (problem === 'ENOENT' || problem === 'ENOTDIR') throw new UsageError(say`there is no file ${path ?? ''}`);
  }
}

/** The catalogue's remedy mentions the configuration, which does not exist here. */
function remediedHere(problem: Finding): Finding {
  if (problem.code !== 'passphrase_missing') return problem;
  return { ...problem, remedy: say`Name the environment variable that contains it: \`--passphrase-env NAME\`.` };
}

function inputsOf(options: InspectOptions, io: CommandIo) {
  const { alias, caBundle, cert, key, keystore, passphraseEnv } = options;
  if (!caBundle && !cert && !key && !keystore)
    throw new UsageError(say`nothing to inspect\nGive at least one of --cert, --key, --ca-bundle and --keystore.`);
  if (alias !== undefined && !keystore)
    throw new UsageError(say`--alias names an entry of --keystore, but there is no --keystore`);
  // Do not repeat the name: the user may have typed the passphrase itself.
  if (passphraseEnv !== undefined && io.env[passphraseEnv] === undefined)
    throw new UsageError(say`--passphrase-env does not name a variable of this environment`);
  return {
    ...(cert ? { certificate: file(cert) } : {}),
    ...(key ? { privateKey: file(key) } : {}),
    ...(caBundle ? { caBundle: file(caBundle) } : {}),
    ...(keystore ? { keystore: file(keystore) } : {}),
    ...(alias === undefined ? {} : { alias }),
    ...(passphraseEnv ? { passphrase: { kind: 'env', name: passphraseEnv } as const } : {}),
  };
}

const file = (path: string): Source => ({ kind: 'file', path });

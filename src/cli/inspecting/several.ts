/** `inspect FILE…`: each file for what it holds, and a summary. */
import type { AnySource } from '../../config/index.ts';
import { readCertificates, whatIsIn } from '../../credential/index.ts';
import { readRegularFile } from '../../files/index.ts';
import { statusOf, worstStatus } from '../../findings/index.ts';
import { limits } from '../../limits/index.ts';
import {
  type Inspected,
  type InspectedFile,
  inspectionHeadline,
  inspectionsReport,
  inspectionsText,
} from '../../report/index.ts';
import { escaped, joined, jsonText, literal, type SafeText, say } from '../../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from '../command.ts';
import type { InspectOptions } from '../options.ts';
import { chainIn, isCa } from './chain.ts';
import { filesNamed, type NamedFile } from './files.ts';
import { judged } from './judge.ts';
import { foundPem } from './pem.ts';
import { oneLine } from './quiet.ts';
import { standardInput } from './single.ts';

export async function inspectSeveral(options: InspectOptions, at: Date, io: CommandIo): Promise<ExitCode> {
  const files = await filesNamed(options.files ?? []);
  const inspected: InspectedFile[] = [];
  let others = 0;
  for (const file of files) {
    const one = await inspectFile(file, options, at, io);
    if (one === 'nothing') others += 1;
    else if (one !== 'not inspected') inspected.push(one);
  }
  if (inspected.length === 0)
    throw new UsageError(say`there is neither a certificate nor a key that can be inspected in what was named`);
  io.stdout(render(inspected, others, options, io));
  return exitCode[worstStatus(inspected.map(statusOfFile))];
}

const statusOfFile = ({ inspected }: InspectedFile) => statusOf(inspected.assessment.findings);

function render(files: readonly InspectedFile[], others: number, options: InspectOptions, io: CommandIo): SafeText {
  if (options.quiet) {
    const wrong = files.filter((file) => statusOfFile(file) !== 'ok');
    return joined(wrong.map(({ file, inspected }) => oneLine(inspectionHeadline(inspected, io, file))));
  }
  if (options.format === 'json')
    return joined([jsonText(inspectionsReport(files, others, io.now()), 2), literal('\n')]);
  if (options.format === 'pem') return joined(files.map(({ inspected }) => foundPem(inspected.assessment)));
  return inspectionsText(files, others, io);
}

/** A file that was only found may hold nothing to inspect. One that cannot be looked into is named on stderr. */
async function inspectFile(
  { path, isNamed }: NamedFile,
  options: InspectOptions,
  at: Date,
  io: CommandIo,
): Promise<InspectedFile | 'nothing' | 'not inspected'> {
  const isStdin = path === '-';
  const place = isStdin ? literal('standard input') : escaped(path);
  const read = isStdin
    ? { bytes: await standardInput(io) }
    : await readRegularFile(path, { mostBytes: limits.sourceBytes });
  if ('problem' in read && !isNamed) {
    io.stderr(say`not inspected: ${place} ${read.problem.reason}\n`);
    return 'not inspected';
  }
  const bytes = 'problem' in read ? Buffer.alloc(0) : read.bytes;
  const source: AnySource = isStdin ? { kind: 'given', what: place, bytes } : { kind: 'file', path };
  const parts = await partsOf(source, bytes, place, options, io);
  // What cannot be read, or holds nothing, is a finding if a person has named it.
  if (!parts && !isNamed) return 'nothing';
  const sources = { ...(parts?.sources ?? { certificate: source }), ...given(options) };
  const inspected = await judged(sources, options, parts?.isChain ?? false, io.env, at);
  if (!isNamed && options.passphraseEnv === undefined && needsPassphrase(inspected)) {
    io.stderr(say`not inspected: ${place} is encrypted, and no --passphrase-env is given\n`);
    return 'not inspected';
  }
  return { file: place, inspected };
}

/** In a folder that is what a key should be, and not a fault. */
const needsPassphrase = ({ assessment }: Inspected) =>
  assessment.findings.some(({ code }) => code === 'passphrase_missing');

async function partsOf(source: AnySource, bytes: Buffer, place: SafeText, options: InspectOptions, io: CommandIo) {
  const holds = await whatIsIn(bytes);
  if (holds.keystore) return { sources: { keystore: source, ...alias(options) }, isChain: false };
  const key = holds.privateKey ? { privateKey: source } : {};
  if (!holds.certificates) return holds.privateKey ? { sources: key, isChain: false } : undefined;
  const read = await readCertificates(bytes);
  const chain = options.caBundle === undefined ? await chainIn(read, place) : undefined;
  if (chain?.note) io.stderr(say`note: ${chain.note}\n`);
  if (chain) return { sources: { ...chain.sources, ...key }, isChain: true };
  const isBundle = read.entries.length > 0 && read.entries.every((entry) => entry && isCa(entry));
  if (isBundle && options.caBundle === undefined) return { sources: { caBundle: source, ...key }, isChain: true };
  return { sources: { certificate: source, ...key }, isChain: false };
}

const alias = ({ alias }: InspectOptions) => (alias === undefined ? {} : { alias });

const given = ({ caBundle, passphraseEnv }: InspectOptions) => ({
  ...(caBundle === undefined ? {} : { caBundle: { kind: 'file', path: caBundle } as const }),
  ...(passphraseEnv === undefined ? {} : { passphrase: { kind: 'env', name: passphraseEnv } as const }),
});

/** `inspect` of one credential, whose parts are named by options. */
import { stat } from 'node:fs/promises';
import type { AnySource } from '../../config/index.ts';
import { type CredentialInputs, readCertificates } from '../../credential/index.ts';
import { readRegularFile } from '../../files/index.ts';
import { statusOf } from '../../findings/index.ts';
import { limits } from '../../limits/index.ts';
import { type Inspected, inspectionHeadline, inspectionReport, inspectionText } from '../../report/index.ts';
import { escaped, joined, jsonText, literal, type SafeText, say } from '../../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from '../command.ts';
import type { InspectOptions } from '../options.ts';
import { chainIn } from './chain.ts';
import { judged } from './judge.ts';
import { foundPem } from './pem.ts';
import { oneLine } from './quiet.ts';

export async function inspectSingle(options: InspectOptions, at: Date, io: CommandIo): Promise<ExitCode> {
  const { alias, caBundle, keystore, passphraseEnv } = options;
  const sources = await partsOf(options, io);
  const content = sources.certificate && (await contentOf(sources.certificate));
  const server = content && !sources.privateKey ? await serverIn(content, options, at) : undefined;
  if (server) return (await import('./connect.ts')).showServer(server, options, io);
  const chain = content && !caBundle && !keystore ? await chainOf(content, io) : undefined;
  const inputs = {
    ...sources,
    ...chain,
    ...(alias === undefined || !keystore ? {} : { alias }),
    ...(passphraseEnv ? { passphrase: { kind: 'env', name: passphraseEnv } as const } : {}),
  };
  const inspected = await judged(inputs, options, chain !== undefined, io.env, at);
  io.stdout(render(inspected, options, io));
  return exitCode[statusOf(inspected.assessment.findings)];
}

function render(inspected: Inspected, { format, quiet }: InspectOptions, io: CommandIo): SafeText {
  if (quiet) {
    if (statusOf(inspected.assessment.findings) === 'ok') return literal('');
    return oneLine(inspectionHeadline(inspected, io));
  }
  if (format === 'json') return joined([jsonText(inspectionReport(inspected, io.now()), 2), literal('\n')]);
  return format === 'pem' ? foundPem(inspected.assessment) : inspectionText(inspected, io);
}

type Parts = Pick<CredentialInputs, 'certificate' | 'privateKey' | 'caBundle' | 'keystore'>;

/** @throws {UsageError} for a file that does not exist: it was mistyped, which says nothing about a certificate. What exists and cannot be read is a finding. */
async function partsOf({ cert, key, caBundle, keystore }: InspectOptions, io: CommandIo): Promise<Parts> {
  const named = Object.entries({ certificate: cert, privateKey: key, caBundle, keystore }).flatMap(([part, path]) =>
    path === undefined ? [] : [[part, path] as const],
  );
  if (named.filter(([, path]) => path === '-').length > 1)
    throw new UsageError(say`standard input (-) can be only one of --cert, --key, --ca-bundle and --keystore`);
  for (const [, path] of named) await refuseMissing(path);
  const sources = await Promise.all(named.map(async ([part, path]) => [part, await sourceOf(path, io)] as const));
  return Object.fromEntries(sources) as Parts;
}

async function refuseMissing(path: string): Promise<void> {
  if (path === '-') return;
  const problem = await stat(path).catch((error: NodeJS.ErrnoException) => error.code);
  if (problem === 'ENOENT' || problem === 'ENOTDIR') throw new UsageError(say`there is no file ${path}`);
}

const sourceOf = async (path: string, io: CommandIo): Promise<AnySource> =>
  path === '-'
    ? { kind: 'given', what: literal('standard input'), bytes: await standardInput(io) }
    : { kind: 'file', path };

/** @throws {UsageError} if there is none, or it is too long. */
export async function standardInput({ stdin }: CommandIo): Promise<Buffer> {
  if (!stdin) throw new UsageError(say`there is no standard input to read`);
  return stdin();
}

interface Content {
  readonly bytes: Buffer;
  readonly place: SafeText;
}

/** A certificate alone that `openssl s_client` printed is no client's. */
async function serverIn({ bytes, place }: Content, { caBundle }: InspectOptions, at: Date) {
  if (!/^(CONNECTED|Server certificate)/m.test(bytes.toString('latin1'))) return undefined;
  const { serverChainIn } = await import('./server-chain.ts');
  return serverChainIn(bytes, { place, caBundle, at });
}

/** Without a bundle, what stands beside the certificate in its file is its chain. */
async function chainOf({ bytes, place }: Content, io: CommandIo): Promise<Parts | undefined> {
  const chain = await chainIn(await readCertificates(bytes), place);
  if (chain?.note) io.stderr(say`note: ${chain.note}\n`);
  return chain?.sources;
}

async function contentOf(source: AnySource): Promise<Content | undefined> {
  if (source.kind === 'given') return { bytes: Buffer.from(source.bytes), place: escaped(source.what) };
  if (source.kind !== 'file') return undefined;
  const read = await readRegularFile(source.path, { mostBytes: limits.sourceBytes });
  return 'problem' in read ? undefined : { bytes: read.bytes, place: escaped(source.path) };
}

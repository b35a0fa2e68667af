import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Arranged,
  arrangeBundle,
  type BundleItem,
  bundleText,
  type LeftOut,
  readBundleFile,
  shippedBundle,
} from '../bundle/index.ts';
import { readRegularFile, replaceFiles } from '../files/index.ts';
import { limits } from '../limits/index.ts';
import { escapedLines, joined, plural, type SafeText, say } from '../text/index.ts';
import { londonDay } from '../time/index.ts';
import { type Certificate, nameOf } from '../x509/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import type { BundleOptions } from './options.ts';
import { whyUnwritable } from './unwritable.ts';

/** Makes a CA bundle, or puts one in order. Exit code: critical if the path of `--for` would not hold. */
export async function run(options: BundleOptions, io: CommandIo): Promise<ExitCode> {
  const { files, environment, inPlace } = options;
  if (files.length > 0 === (environment !== undefined))
    throw new UsageError(say`name either the files to put in order, or an --environment`);
  if (inPlace && files.length !== 1) throw new UsageError(say`--in-place takes exactly one file`);
  if (environment !== undefined) {
    const text = escapedLines(
      shippedBundle(environment, options.order)
        .map(({ pem }) => pem)
        .join(''),
    );
    return write(text, options.output, say`the CA certificates of ${environment}, ${options.order}`, io);
  }
  return arrange(options, io);
}

async function arrange(options: BundleOptions, io: CommandIo): Promise<ExitCode> {
  const { files, order, inPlace } = options;
  const items = (await Promise.all(files.map((file) => read(file, inPlace)))).flat();
  const client = options.for === undefined ? undefined : await clientOf(options.for);
  const arranged = arrangeBundle(items, { order, now: io.now(), ...(client ? { client } : {}) });
  io.stderr(joined(arranged.leftOut.map(leftOutLine)));
  if ('refused' in arranged) {
    io.stderr(say`nothing was written: ${arranged.refused}\n`);
    return exitCode.critical;
  }
  const what = say`${plural(arranged.kept.length, 'certificate')}, ${order}`;
  const code = await write(bundleText(arranged.kept), inPlace ? files[0] : options.output, what, io);
  io.stderr(summary(arranged));
  return code;
}

async function read(file: string, inPlace: boolean): Promise<readonly BundleItem[]> {
  const content = await readBundleFile(resolve(file), file);
  if ('refused' in content) throw new UsageError(content.refused);
  if (inPlace && !content.isPem)
    throw new UsageError(
      say`${file} is not PEM, so what reads it may not accept PEM\nName another file with --output.`,
    );
  return content.items;
}

/** The first that is not a CA, as a certificate file may contain its chain. */
async function clientOf(file: string): Promise<Certificate> {
  const content = await readBundleFile(resolve(file), file);
  if ('refused' in content) throw new UsageError(content.refused);
  const certificates = content.items.map(({ certificate }) => certificate);
  const client = certificates.find(({ basicConstraints }) => !basicConstraints?.ca);
  if (!client) throw new UsageError(say`${file} does not contain a client certificate`);
  return client;
}

const leftOutLine = ({ item, why }: LeftOut): SafeText =>
  joined([say`left out: ${item.place} (${called(item.certificate)}) `, why, say`\n`]);

function summary({ kept, path }: Arranged): SafeText {
  const lines = kept.map(
    ({ certificate }) => say`  ${called(certificate)}, expires on ${londonDay(certificate.notAfter)}\n`,
  );
  return joined([...lines, ...(path ? [say`The path holds: ${path.map(called).join(' <- ')}\n`] : [])]);
}

const longestName = 80;
const called = ({ subject }: Certificate): SafeText => nameOf(subject, longestName);

/** @throws {UsageError} when the file cannot be written; then it is as it was. */
async function write(text: SafeText, output: string | undefined, what: SafeText, io: CommandIo): Promise<ExitCode> {
  if (output === undefined || output === '-') {
    io.stdout(text);
    return exitCode.ok;
  }
  try {
    io.stderr(await replace(output, Buffer.from(text), what, io.now()));
    return exitCode.ok;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new UsageError(joined([say`${output}: `, whyUnwritable(error)]));
  }
}

async function replace(output: string, content: Buffer, what: SafeText, now: Date): Promise<SafeText> {
  // Through symbolic links to the file itself, so that a link stays one.
  const path = await realpath(output).catch(() => resolve(output));
  const before = await readRegularFile(path, { mostBytes: limits.sourceBytes });
  if ('bytes' in before && before.bytes.equals(content)) return say`${output} is in order already: ${what}\n`;
  const [replaced] = await replaceFiles([{ path, content, mode: 0o644 }], now);
  const kept = replaced?.previous === undefined ? '' : ` (the previous file: ${replaced.previous})`;
  return say`wrote ${output}: ${what}${kept}\n`;
}

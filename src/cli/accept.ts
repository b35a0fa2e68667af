import { resolve } from 'node:path';
import { isInstallable, type ResolvedEnvironment, targetOf } from '../config/index.ts';
import { readRegularFile } from '../files/index.ts';
import {
  type AcceptInput,
  type AcceptResult,
  acceptByHand,
  type HookResult,
  runAfterInstall,
} from '../renewal/index.ts';
import { escaped, joined, jsonText, ourCommand, type SafeText, say, shellWord } from '../text/index.ts';
import { londonTime, rfc3339 } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { AcceptOptions } from './options.ts';
import { storeErrorsAsUsage } from './store-errors.ts';

/** Checks the certificate from the desk and says where it goes. Exit code: critical if refused, warning if accepted but not installed as asked. */
export async function run(options: AcceptOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const environment = findEnvironment(configuration, options.environment);
  const { path: configurationFile, stateDir, environments } = configuration;
  const issued = await readGiven(options.issued);
  const given = { issued, issuedFile: resolve(options.issued), install: options.install };
  const known = { environment, environments, configurationFile, stateDir };
  const result = await accept({ ...given, ...known, env: io.env, now: io.now() });
  const { afterInstall } = environment.renewal;
  const hook = afterInstall && isInstalled(result) ? await runAfterInstall(afterInstall, io.env) : undefined;
  io.stdout(
    options.format === 'json'
      ? joined([jsonText(asJson(environment.name, result, hook), 2), say`\n`])
      : joined([
          asText(environment.name, result, {
            hint: installHint(environment, configuration.path, options),
            restart: hook ? [] : restartText(environment, result, io.now()),
          }),
          ...(hook ? hookText(hook) : []),
        ]),
  );
  return exitFor(result, hook);
}

/** Where everything has a place that can be written to: nobody should copy by hand what one command does, and undoes. */
function installHint(environment: ResolvedEnvironment, configurationFile: string, { issued }: AcceptOptions) {
  if (!isInstallable(environment)) return [];
  const command = ourCommand(
    'accept',
    { configurationFile, environment: environment.name },
    `--install ${shellWord(resolve(issued))}`,
  );
  return [say`One command puts everything in place, and keeps what was there:\n   ${command}\n\nBy hand:\n\n`];
}

/** Also if the files were in place already: the command may have failed the last time. */
const isInstalled = (result: AcceptResult): boolean =>
  result.accepted && result.install !== undefined && 'installed' in result.install;

async function accept(input: AcceptInput): Promise<AcceptResult> {
  try {
    return await storeErrorsAsUsage(() => acceptByHand(input));
  } catch (error) {
    // The disk: nothing was recorded, and nothing installed.
    throw error instanceof Error && 'syscall' in error ? new UsageError(escaped(error.message)) : error;
  }
}

/** The largest sensible input is a saved email from a desk with attachments. */
const mostIssuedBytes = 16 * 1024 * 1024;

async function readGiven(file: string): Promise<Buffer> {
  const read = await readRegularFile(resolve(file), { mostBytes: mostIssuedBytes });
  if ('problem' in read) throw new UsageError(say`${file} ${read.problem.reason}`);
  return read.bytes;
}

function exitFor(result: AcceptResult, hook?: HookResult): ExitCode {
  if (!result.accepted) return exitCode.critical;
  // The files are in place, but whatever uses them may still have the old ones.
  if (hook && !hook.succeeded) return exitCode.warning;
  return result.install && 'refused' in result.install ? exitCode.warning : exitCode.ok;
}

interface Advice {
  /** Where nothing was to be installed. */
  readonly hint: readonly SafeText[];
  /** Where everything is in place. */
  readonly restart: readonly SafeText[];
}

function asText(environment: string, result: AcceptResult, { hint, restart }: Advice): SafeText {
  const notes = result.notes.map((note) => say`note: ${note}\n`);
  if (!result.accepted) {
    const reasons = result.reasons.map((reason) => say`  - ${reason}\n`);
    return joined([say`${environment}: REFUSED; nothing was written\n`, ...reasons, ...notes]);
  }
  const { certificate, conflict, files, install, instructions } = result;
  const laidOut = [files.certificate, files.privateKey, files.caBundle, files.instructions];
  return joined([
    say`${environment}: ACCEPTED, serial ${certificate.serial}, expires ${londonTime(certificate.notAfter)}\n`,
    ...notes,
    ...laidOut.flatMap((file) => (file ? [say`  ${file}\n`] : [])),
    say`\n`,
    ...(install && 'installed' in install
      ? installedText(install, restart)
      : [...(install ? notInstalled(install) : conflict === undefined ? hint : []), instructions]),
  ]);
}

const notInstalled = ({ refused }: { refused: string }): SafeText[] => [say`NOT INSTALLED: ${refused}\n\n`];

/** The service's handshake reads the files anew each time. What uses them may not. */
function restartText(environment: ResolvedEnvironment, result: AcceptResult, now: Date): SafeText[] {
  const notAfter = result.accepted ? result.replacedNotAfter : undefined;
  const what =
    targetOf(environment)?.setting === 'credential.next'
      ? say`Deploy what reads these, if that has not been done`
      : say`Restart or reload what reads these, if that has not been done`;
  if (!notAfter) return [say`\n${what}.\n`];
  const when = say`${notAfter < now ? 'expired' : 'expires'} on ${londonTime(notAfter)}`;
  return [say`\n${what}: until then it uses the old certificate, which ${when}.\n`];
}

function installedText({ installed, stores, goBack }: Installed, restart: readonly SafeText[]): SafeText[] {
  if (installed.length + stores.length === 0) return [say`Installed already: what is deployed is this.\n`, ...restart];
  return [
    say`Installed:\n`,
    ...installed.map(({ path, previous }) =>
      previous === undefined ? say`  ${path}\n` : say`  ${path} (the previous one: ${previous})\n`,
    ),
    ...stores.map(({ place, version, previous }) => {
      const versions = [
        ...(version === undefined ? [] : [say`version ${version}`]),
        ...(previous === undefined ? [] : [say`the previous one: ${previous}`]),
      ];
      return versions.length === 0 ? say`  ${place}\n` : say`  ${place} (${joined(versions, '; ')})\n`;
    }),
    ...restart,
    ...(goBack === undefined ? [] : [say`\nTo go back:\n\n`, goBack, say`\n`]),
  ];
}

type Installed = Extract<NonNullable<Extract<AcceptResult, { accepted: true }>['install']>, { installed: unknown }>;

function hookText({ command, end, output }: HookResult): SafeText[] {
  const words = joined(command.map(shellWord), ' ');
  return [
    say`\nrenewal.after_install, ${words}, ${end}${output === '' ? '' : ':'}\n`,
    ...(output === '' ? [] : [output, say`\n`]),
  ];
}

function asJson(environment: string, result: AcceptResult, hook?: HookResult): object {
  const { accepted, notes, certificate } = result;
  return {
    status: ['ok', 'warning', 'critical'][exitFor(result, hook)],
    environment,
    accepted,
    reasons: accepted ? [] : result.reasons.map(escaped),
    notes: [...notes, ...(accepted && result.conflict !== undefined ? [result.conflict] : [])].map(escaped),
    certificate: certificate ? certificateJson(certificate) : null,
    files: accepted ? result.files : null,
    install: accepted ? (result.install ?? null) : null,
    afterInstall: hook ? { ...hook, command: hook.command.map(escaped) } : null,
  };
}

function certificateJson(certificate: Certificate): object {
  return {
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: certificate.serial,
    fingerprintSha256: certificate.fingerprintSha256,
    notBefore: rfc3339(certificate.notBefore),
    notAfter: rfc3339(certificate.notAfter),
  };
}

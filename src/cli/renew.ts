import { join, resolve } from 'node:path';
import type { Configuration, ResolvedEnvironment } from '../config/types.ts';
import { readCredential } from '../credential/read.ts';
import type { DeployedCredential } from '../credential/types.ts';
import { clientCertificate } from '../renewal/decide.ts';
import { makeDraft, whyNotDrafted, writeDraft } from '../renewal/draft.ts';
import type { RenewalLog, Step, StepInput } from '../renewal/engine.ts';
import { createRenewals, senderOf } from '../renewal/renewals.ts';
import { retryNow } from '../renewal/resolve.ts';
import { openStore, StoreError, StoreLockedError } from '../renewal/store.ts';
import type { RenewalState, RequestKey } from '../renewal/types.ts';
import { assess } from '../verify/assess.ts';
import { policyFor } from '../verify/policy.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import { findEnvironment, loadForCommand } from './configuration.ts';
import type { RenewOptions } from './options.ts';

/** Asks for a new certificate now, without waiting for the window; or shows what would be sent. */
export async function run(options: RenewOptions, io: CommandIo): Promise<ExitCode> {
  const configuration = await loadForCommand(options.config, io);
  const environment = withKey(findEnvironment(configuration, options.environment), options.key);
  if (!environment.credential) throw new UsageError(`${environment.name} has no credential: there is nothing to renew`);
  if (environment.renewal.desk.length === 0)
    throw new UsageError(`${environment.name} has no certificate desk: there is nobody to ask (renewal.desk)`);
  const credential = await readCredential(environment.credential, io.env);
  const assessment = assess(credential, policyFor(environment), undefined, io.now());
  const certificate = clientCertificate(assessment);
  if (!certificate) throw new UsageError(unreadable(credential));
  const subject = { environment, credential, assessment };
  return options.dryRun
    ? dryRun(configuration, subject, certificate, options, io)
    : renewNow(configuration, subject, certificate, io);
}

type Subject = Required<Omit<StepInput, 'handshake'>>;

function withKey(environment: ResolvedEnvironment, key: RenewOptions['key']): ResolvedEnvironment {
  return key ? { ...environment, renewal: { ...environment.renewal, key } } : environment;
}

function unreadable({ problems }: DeployedCredential): string {
  return ['the deployed client certificate cannot be read', ...problems.map(({ message }) => message)].join('\n');
}

async function dryRun(
  configuration: Configuration,
  { environment, credential }: Subject,
  certificate: Certificate,
  options: RenewOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const output = resolve(options.output ?? `renewal-${environment.name}`);
  const input = { environment, certificate, credential, from: senderOf(configuration), env: io.env, now: io.now() };
  try {
    const draft = await makeDraft(input);
    const files = await writeDraft(output, '.', draft);
    const { to, cc, subject } = draft.message;
    const people = [...to, ...cc].map(({ address }) => address).join(', ');
    io.stdout(`Nothing was sent and nothing was recorded. The request would go to ${people}:\n  ${subject}\n`);
    for (const [what, file] of [
      ['private key, encrypted', files.keyFile],
      ['certificate request', files.csrFile],
      ['message', files.messageFile],
    ])
      if (file) io.stdout(`  ${join(output, file)} (${what})\n`);
    return exitCode.ok;
  } catch (error) {
    io.stderr(`${environment.name}: the request cannot be drafted: ${whyNotDrafted(error)}\n`);
    return exitCode.critical;
  }
}

/** The states from which a request may still be sent. */
const unasked: readonly (RenewalState | undefined)[] = [undefined, 'not_due', 'due', 'failed'];

async function renewNow(
  configuration: Configuration,
  subject: Subject,
  certificate: Certificate,
  io: CommandIo,
): Promise<ExitCode> {
  const { environment } = subject;
  const key = { environment: environment.name, fingerprintSha256: certificate.fingerprintSha256 };
  const now = io.now();
  try {
    const renewals = createRenewals(configuration, io.env, quiet, now);
    try {
      const before = renewals.retryNow(key, now)?.state;
      const step = await renewals.step({ ...subject, environment: withOpenWindow(environment, certificate, now) }, now);
      return report(key, before, step, io);
    } finally {
      await renewals.close();
    }
  } catch (error) {
    if (error instanceof StoreLockedError) return leaveToService(configuration.stateDir, key, error, io);
    throw error instanceof StoreError ? new UsageError(error.message) : error;
  }
}

/** One process sends. Where the service is running it is that one, and all it needs is a word that it may. */
function leaveToService(stateDir: string, key: RequestKey, locked: StoreLockedError, io: CommandIo): ExitCode {
  const store = openStore(stateDir, { exclusive: false });
  try {
    const state = retryNow(store, key, io.now())?.state;
    if (state === 'due' || state === 'failed') {
      io.stdout(`${key.environment}: the running service sends the request at its next check\n`);
      return exitCode.ok;
    }
    if (state === undefined || state === 'not_due')
      throw new UsageError(`${locked.message}. The running service sends the request when its window opens`);
    io.stderr(`${key.environment}: nothing is sent, for the renewal is ${state}\n`);
    return exitCode.warning;
  } finally {
    store.close();
  }
}

const quiet: RenewalLog = { info: () => {}, warn: () => {} };

/** A person who asks now opens the window now. */
function withOpenWindow(environment: ResolvedEnvironment, { notAfter }: Certificate, now: Date): ResolvedEnvironment {
  const windowMs = Math.max(environment.renewal.windowMs, notAfter.getTime() - now.getTime());
  return { ...environment, renewal: { ...environment.renewal, windowMs } };
}

function report(
  key: RequestKey,
  before: RenewalState | undefined,
  { status, findings }: Step,
  io: CommandIo,
): ExitCode {
  const { state, reason, record } = status;
  const name = key.environment;
  // An open request for an earlier certificate stands in the way as much as one for this.
  const asked = !unasked.includes(before) || record?.fingerprintSha256 !== key.fingerprintSha256;
  if (asked) {
    io.stderr(`${name}: nothing is sent, for the renewal is ${state}: ${reason}\n`);
    return exitCode.warning;
  }
  if (state === 'requested') {
    io.stdout(`${name}: ${reason}\n`);
    if (record.lastError) io.stderr(`${name}: ${record.lastError}\n`);
    return record.lastError ? exitCode.warning : exitCode.ok;
  }
  const problems = findings.filter(({ code }) => code === 'renewal_email_failed').map(({ message }) => message);
  io.stderr(`${name}: the request was not sent: ${(problems.length > 0 ? problems : [reason]).join('; ')}\n`);
  return exitCode.critical;
}

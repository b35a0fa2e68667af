import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  ConfigurationError,
  parseConfiguration,
  type StarterAnswers,
  starterFile,
  starterWith,
} from '../config/index.ts';
import { escapedLines, joined, type SafeText, say, shellWord } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import type { InitOptions } from './options.ts';
import { whyUnwritable } from './unwritable.ts';

export async function run({ output, ...given }: InitOptions, io: CommandIo): Promise<ExitCode> {
  const text = await textFor(given, io);
  const isStdout = output === undefined ? !io.ask : output === '-';
  const path = isStdout ? undefined : (output ?? (await asked(say`File to write`, 'mesh-cert-monitor.yaml', io)));
  assertLoads(text, path ?? 'mesh-cert-monitor.yaml');
  if (path === undefined) {
    io.stdout(escapedLines(text));
    return exitCode.ok;
  }
  await writeNew(path, text);
  io.stderr(nextSteps(path, /^ {2}- name: (\S+)/m.exec(text)?.[1] ?? '', text === starterFile));
  return exitCode.ok;
}

type Given = Omit<InitOptions, 'output'>;

/** The same whatever was answered before, or made from it. */
type Proposal = string | ((answers: Readonly<Record<string, string>>) => string);

/** What each question is about, and what is proposed. */
const questions: Readonly<
  Record<keyof StarterAnswers, { readonly what: string; readonly flag: string; readonly proposed?: Proposal }>
> = {
  environment: {
    what: 'MESH environment (sandbox, integration, deployment or production)',
    flag: '--environment',
    proposed: 'integration',
  },
  mailbox: { what: 'Mailbox ID', flag: '--mailbox' },
  odsCode: { what: 'ODS code of your organisation', flag: '--ods-code' },
  application: { what: 'Name of your application, for the certificate desk', flag: '--application' },
  contactName: { what: 'Contact: name', flag: '--contact-name' },
  contactEmail: { what: 'Contact: email address, to which the desk replies', flag: '--contact-email' },
  contactTelephone: { what: 'Contact: telephone', flag: '--contact-telephone' },
  files: {
    what: 'Folder for certificate, key and CA bundle',
    flag: '--files',
    proposed: ({ environment }) => `certs/${environment}`,
  },
};
const names = Object.keys(questions) as (keyof StarterAnswers)[];

/** A file to fill in when nothing is known; else one with the answers in it, of which none is made up. */
async function textFor(given: Given, io: CommandIo): Promise<string> {
  if (!io.ask && names.every((name) => given[name] === undefined)) return starterFile;
  const answers: Record<string, string> = {};
  for (const name of names) {
    const { what, flag, proposed: proposal } = questions[name];
    const proposed = typeof proposal === 'function' ? proposal(answers) : proposal;
    const value = given[name] ?? (io.ask ? await asked(say`${what}`, proposed, io) : proposed);
    if (value === undefined) throw new UsageError(say`${flag} is missing: ${what}`);
    answers[name] = value;
  }
  const { environment = '' } = answers;
  if (!['integration', 'deployment', 'production', 'sandbox'].includes(environment))
    throw new UsageError(say`${environment} is not one of sandbox, integration, deployment and production`);
  return starterWith(answers as unknown as StarterAnswers);
}

async function asked(what: SafeText, proposed: string | undefined, io: CommandIo): Promise<string> {
  const answer = await io.ask?.(proposed === undefined ? say`${what}: ` : say`${what} [${proposed}]: `);
  return answer?.trim() || (proposed ?? asked(what, proposed, io));
}

/** Nothing is written that would be refused afterwards. */
function assertLoads(text: string, path: string): void {
  try {
    parseConfiguration(text, resolve(path));
  } catch (error) {
    throw error instanceof ConfigurationError ? new UsageError(error.message) : error;
  }
}

/** Exclusive creation, so that an existing file is never overwritten. It contains no secret, so mode 0644. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    throw new UsageError(joined([say`${path}: `, whyUnwritable(error as Error)]));
  }
}

function nextSteps(path: string, environment: string, isToFillIn: boolean): SafeText {
  const file = shellWord(path);
  const request = say`  mesh-cert-monitor request --config ${file} --environment ${environment}   asks for the first certificate, if there is none\n`;
  return joined([
    say`wrote ${path}\nNext: ${isToFillIn ? 'fill in your own values, and ' : ''}set the variables that it names, then\n`,
    ...(environment === 'sandbox' ? [] : [request]),
    say`  mesh-cert-monitor check --config ${file} --offline   judges the files
  mesh-cert-monitor check --config ${file}             makes the handshake with MESH too
  mesh-cert-monitor serve --config ${file}             keeps watch
`,
  ]);
}

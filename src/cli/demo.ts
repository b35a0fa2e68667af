import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEstate, type Estate, MissingPackageError, thingsToTry } from '../demo/index.ts';
import { version } from '../installation/index.ts';
import { createLog } from '../monitor/index.ts';
import { type Service, startService } from '../service/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { escapedLines, joined, type SafeText, say } from '../text/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';
import type { DemoOptions } from './options.ts';

const firstLookMs = 8_000;

/** Runs the demonstration with the same service as `serve`, until Ctrl-C. The log goes to stderr only with `DEBUG`, because the page shows everything. */
export async function run({ port, atMs }: DemoOptions, io: CommandIo): Promise<ExitCode> {
  const { stdout, stderr, now, env } = io;
  stdout(say`Creating certificates, then starting a MESH stand-in and a mail catcher …\n`);
  const told = untilToldToStop();
  const free = await freePort(port);
  if (free.refusal) stdout(say`${whyNot(port, free.refusal)}, so the page gets another one.\n`);
  const estate = await createEstate({
    now,
    atMs,
    port: free.port,
    caught: ({ recipients, subject, file }) => stdout(say`✉  ${recipients.join(', ')}: ${subject}\n   ${file}\n`),
  }).catch((error: unknown) => {
    throw error instanceof MissingPackageError ? new UsageError(escapedLines(error.message)) : error;
  });
  let service: Service | undefined;
  try {
    service = await startService({
      load: estate.load,
      // Without the proxy that this machine uses for the rest of the world.
      env: { ...env, ...estate.env, NO_PROXY: '*', no_proxy: '*' },
      now,
      log: createLog(env.DEBUG ? stderr : () => {}),
      build: { version, nodeVersion: process.version.slice(1) },
    });
    await Promise.race([told, firstLook(service)]);
    stdout(welcome(service, estate));
    await told;
  } finally {
    stdout(say`\nStopping and removing everything that was created.\n`);
    await service?.stop();
    await estate.stop();
  }
  return exitCode.ok;
}

/** Set up before anything is created, so that Ctrl-C never leaves anything behind. */
function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** Waits until every environment has been checked and has had a handshake, and until requests that were due have left. */
async function firstLook(service: Service): Promise<void> {
  const settled = ({ credentialConfigured, handshake, renewal: { dueAt, state } }: EnvironmentStatus) =>
    handshake.last && (!credentialConfigured || dueAt) && state !== 'due' && state !== 'sending';
  const seen = () => service.estate().ready && service.estate().environments.every(settled);
  for (let waitedMs = 0; !seen() && waitedMs < firstLookMs; waitedMs += 50) await sleep(50);
}

function welcome({ url, estate }: Service, { folder, configurationFile }: Estate): SafeText {
  const states = estate().environments.map(({ name, status, findings }) => {
    const worst = findings[0] && findings[0].severity !== 'info' ? findings[0].message : 'all is well';
    return say`  ${status.padEnd(8)}  ${name.padEnd(11)}  ${worst}\n`;
  });
  return joined([
    say`\n`,
    ...states,
    say`
  Page      ${url}/
  Health    ${url}/health
  Metrics   ${url}/metrics
  Calendar  ${url}/calendar.ics
  Files     ${folder}

`,
    escapedLines(thingsToTry(folder, configurationFile)),
    say`
Press Ctrl-C to stop and remove the folder.
`,
  ]);
}

const whyNot = (port: number, code: string) =>
  code === 'EADDRINUSE' ? say`Port ${port} is in use` : say`Port ${port} cannot be used (${code})`;

/** The requested port; or 0, which means any, and the code of the error. */
function freePort(wanted: number): Promise<{ readonly port: number; readonly refusal?: string }> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => resolve({ port: 0, refusal: code }))
      .listen(wanted, '127.0.0.1', () => probe.close(() => resolve({ port: wanted })));
  });
}

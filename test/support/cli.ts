/** The command line as a transcript: what was typed, what came out, where, and the exit code. Runs in this process, with everything outside passed in. */
import { runProgram } from '../../src/cli/run.ts';

export interface Transcript {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface World {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly now?: Date;
  readonly colour?: boolean;
  readonly columns?: number;
  /** What is piped in. */
  readonly stdin?: string;
  /** What a person types, answer by answer; absent: there is no terminal. */
  readonly answers?: readonly string[];
}

export async function type(args: readonly string[], world: World = {}): Promise<Transcript> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const answers = world.answers && [...world.answers];
  const code = await runProgram(
    args,
    {
      stdout: (text) => void stdout.push(text),
      stderr: (text) => void stderr.push(text),
      env: world.env ?? {},
      now: () => world.now ?? new Date(),
      colour: world.colour ?? false,
      columns: world.columns ?? 100,
      ...(world.stdin === undefined ? {} : { stdin: async () => Buffer.from(world.stdin ?? '') }),
      ...(answers ? { ask: async () => answers.shift() ?? '' } : {}),
    },
    '1.2.3',
  );
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** Completion as the shells themselves do it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { described } from '../../src/cli/completion/described.ts';
import { type Shell, shells } from '../../src/cli/completion/index.ts';
import { createProgram, programName } from '../../src/cli/program.ts';
import { type } from '../support/cli.ts';
import { needs } from '../support/tools.ts';

let folder: string;
const files = {} as Record<Shell, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-completion-'));
  for (const shell of shells) {
    files[shell] = join(folder, `_${programName}-${shell}`);
    writeFileSync(files[shell], (await type(['completion', shell])).stdout);
  }
  writeFileSync(join(folder, `_${programName}`), (await type(['completion', 'zsh'])).stdout);
  writeFileSync(join(folder, 'a file.pem'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const nowhere = { stdout: () => {}, stderr: () => {}, env: {}, now: () => new Date(0), colour: false, columns: 100 };
const commands = described(createProgram(nowhere, '1.2.3', () => {}));

/** What is typed, the last word unfinished, and what is offered for it. */
const cases: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [['ch'], ['check']],
  [['check', '--of'], ['--offline']],
  [
    ['check', '--format', ''],
    ['json', 'nagios', 'text'],
  ],
  [['check', '--format', 'n'], ['nagios']],
  [['check', '--environment', 'serve', '--of'], ['--offline']],
  [['renewals', 'res'], ['resolve']],
  [['renewals', 'resolve', '--not'], ['--not-sent']],
  [['renewals', '--config', 'x', 'resolve', '--s'], ['--sent']],
  [['inspect', '--cert', 'a f'], ['a file.pem']],
  [['inspect', 'a f'], ['a file.pem']],
  [['accept', 'a f'], ['a file.pem']],
  [['completion', 'z'], ['zsh']],
  [['help', 'hash'], ['hash-password']],
  [['renew', '--reason', 'ch'], []],
];

const quoted = (text: string) => `'${text}'`;
/** What a shell printed for each case, with a line of hyphens after each. */
const offers = (said: string) =>
  said
    .split('----\n')
    .slice(0, -1)
    .map((words, index) => [cases[index]?.[0], words.split('\n').filter(Boolean).sort()]);

describe('completion', () => {
  test.each(shells)('%s: names every command and every option', (shell) => {
    const { stdout } = spawnSync('cat', [files[shell]], { encoding: 'utf8' });
    for (const { options, subcommands } of commands) {
      for (const { name } of subcommands) expect(stdout).toContain(name);
      for (const { long } of options) expect(stdout).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
    }
  });

  test('another shell is bad usage', async () => {
    expect(await type(['completion', 'tcsh'])).toEqual({
      code: 3,
      stdout: '',
      stderr:
        "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\n(mesh-cert-monitor completion --help shows what it takes)\n",
    });
  });
});

describe('names of environments', () => {
  test('are what the scripts ask for once a configuration has been typed', async () => {
    const path = join(folder, 'my mesh.yaml');
    writeFileSync(path, (await type(['init'])).stdout.replace(/( {2}- name: )\S+/, '$1leeds-integration'));
    const answer = await type(['completion', 'bash', '--environments-of', path]);
    expect([answer.code, answer.stdout]).toEqual([0, expect.stringMatching(/^leeds-integration\n/)]);
    expect((await type(['completion', 'bash', '--environments-of', join(folder, 'none')])).code).toBe(3);
  });

  /** In place of the program: what it is asked, and its answer. */
  const stub = `${programName}() { printf '%s ' "$@" >asked; printf 'leeds-integration\\nleeds-production\\n'; }`;
  const asked = () => readFileSync(join(folder, 'asked'), 'utf8');
  const inFolder = (env = {}) => ({ cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } }) as const;

  test.skipIf(!needs('bash')).each([
    [["'my mesh.yaml'", '--environment', 'leeds-i'], 'my mesh.yaml'],
    [['=', '~/mesh.yaml', '--environment', 'leeds-i'], `${process.env.HOME}/mesh.yaml`],
  ])('bash: %j', (words, file) => {
    const line = [programName, 'check', '--config', ...words];
    const script = `source ${files.bash}; ${stub}
COMP_WORDS=(${line.map((each) => `"${each}"`).join(' ')}); COMP_CWORD=${line.length - 1}; _mesh_cert_monitor; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], inFolder())).toBe('leeds-integration\n');
    expect(asked()).toBe(`completion bash --environments-of ${file} `);
  });

  test.skipIf(!needs('bash'))('without a configuration there is nobody to ask', () => {
    const script = `source ${files.bash}; ${stub}; rm -f asked
COMP_WORDS=(${programName} check --environment ''); COMP_CWORD=3; _mesh_cert_monitor; echo "\${#COMPREPLY[@]}"; ls asked 2>/dev/null`;
    expect(spawnSync('bash', ['-c', script], inFolder()).stdout).toBe('0\n');
  });

  test.skipIf(!needs('fish'))('fish', () => {
    const script = `source ${files.fish}
function ${programName}; printf '%s ' $argv >asked; printf 'leeds-integration\\nleeds-production\\n'; end
complete -C '${programName} check --config ~/mesh.yaml --environment leeds-i'`;
    expect(execFileSync('fish', ['-N', '-c', script], inFolder({ HOME: folder }))).toMatch(/^leeds-integration\t.*\n$/);
    expect(asked()).toBe(`completion fish --environments-of ${folder}/mesh.yaml `);
  });
});

describe.skipIf(!needs('bash'))('bash', () => {
  test('reads the script without a complaint', () => {
    // It complains of a locale that is not installed, too.
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    expect(spawnSync('bash', ['-n', files.bash], { encoding: 'utf8', env })).toMatchObject({ status: 0, stderr: '' });
  });

  test('completes the program by the function', () => {
    const said = execFileSync('bash', ['-c', `source ${files.bash}; complete -p ${programName}`], { encoding: 'utf8' });
    expect(said).toBe(`complete -F _mesh_cert_monitor ${programName}\n`);
  });

  // One shell for all of them: most of the time is its start.
  const answers = () =>
    execFileSync(
      'bash',
      ['--noprofile', '--norc', '-c', `set -u; source ${files.bash}\n${cases.map(asked).join('\n')}`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
  const asked = ([typed]: (typeof cases)[number]) =>
    `COMP_WORDS=(${[programName, ...typed].map(quoted).join(' ')}); COMP_CWORD=${typed.length}
_mesh_cert_monitor; [ "\${#COMPREPLY[@]}" = 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"; echo ----`;

  test('offers what can stand there, and nothing else', () => {
    expect(offers(answers())).toEqual(cases.map(([typed, offered]) => [typed, offered]));
  });

  test('an option and its value with = between them', () => {
    const script = `source ${files.bash}; COMP_WORDS=(${programName} check --format = n); COMP_CWORD=4; _mesh_cert_monitor; echo "$COMPREPLY"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('nagios\n');
  });
});

describe.skipIf(!needs('fish'))('fish', () => {
  test('reads the script without a complaint', () => {
    expect(spawnSync('fish', ['--no-execute', files.fish], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  test('offers what can stand there, and nothing else', () => {
    const lines = cases.map(([typed]) => [programName, ...typed].join(' ').replace('a f', 'a\\ f'));
    const asked = lines.map((line) => `complete -C ${quoted(line.replaceAll('\\', '\\\\'))}; echo ----`);
    const said = execFileSync('fish', ['-N', '-c', [`source ${files.fish}`, ...asked].join('\n')], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    // Each with its description, and quoted as it has to be typed.
    const words = said.replaceAll(/\t.*/g, '').replaceAll('\\', '');
    expect(offers(words)).toEqual(cases.map(([typed, offered]) => [typed, offered]));
  });
});

describe.skipIf(!needs('zsh'))('zsh', () => {
  test('reads the script without a complaint', () => {
    expect(spawnSync('zsh', ['-n', files.zsh], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  /** In a terminal of its own: the completion system works nowhere else. It ends as soon as what is awaited is there. */
  const terminal = `zmodload zsh/zpty; zpty z zsh -f -i
zpty -w z "PS1=; fpath=($1 $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0; bindkey '^I' list-choices; print RE''ADY"
zpty -r z line '*READY*'; zpty -w -n z "$2"$'\\t'; zpty -r z line "*$3*"; print -r -- found; zpty -d z`;

  test.each([
    ['check --off', 'check the files only'],
    ['check --format ', 'json*nagios*text'],
    ['renewals --config x resolve --no', 'so it can be sent again'],
    ["check --config ~/'my mesh.yaml' --environment ", 'leeds-integration*leeds-production'],
  ])('%j offers %j', (typed, awaited) => {
    // In place of the program, which is asked for the names of environments.
    const file = join(folder, 'my mesh.yaml');
    const answer = `[ "$*" = "completion zsh --environments-of ${file}" ] && printf 'leeds-integration\\nleeds-production\\n'`;
    writeFileSync(join(folder, programName), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    const { stdout } = spawnSync('zsh', ['-f', '-c', terminal, 'zsh', folder, `${programName} ${typed}`, awaited], {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder, PATH: `${folder}:${process.env.PATH}`, TERM: 'dumb', COLUMNS: '200' },
      timeout: 60_000,
    });
    expect(stdout).toBe('found\n');
  });
});

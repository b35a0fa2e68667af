import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { examplesOf } from '../../src/cli/described/examples.ts';
import { commandsOf, pathOf, refuseIncomplete } from '../../src/cli/help.ts';
import { programName, unrunProgram } from '../../src/cli/program.ts';
import { explain } from '../../src/cli/run.ts';
import { literal } from '../../src/text/index.ts';
import { type } from '../support/cli.ts';

const program = unrunProgram('1.2.3');
const paths = commandsOf(program).map((command) => pathOf(command));

describe('help', () => {
  test('there is help for exactly the commands of the reference', () => {
    expect(paths).toEqual(
      [
        '',
        ' serve',
        ' check',
        ' inspect',
        ' bundle',
        ' request',
        ' renew',
        ' accept',
        ' renewals',
        ' renewals resolve',
        ' init',
        ' hash-password',
        ' permissions',
        ' demo',
        ' completion',
        ' help',
      ].map((command) => programName + command),
    );
  });

  test.each(paths)('%s --help reads as it always did', async (path) => {
    const words = path.split(' ').slice(1);
    const { code, stderr, stdout } = await type([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot(`golden/help${words.map((word) => `-${word}`).join('')}.txt`);
  });

  test.each([[['-h']], [['help']], [['--help']]])('%j is the help of the program', async (words) => {
    expect(await type(words)).toEqual(await type(['--help']));
  });

  test('help COMMAND is what COMMAND --help says, and so is -h', async () => {
    const said = await type(['renewals', 'resolve', '--help']);
    expect(await type(['help', 'renewals', 'resolve'])).toEqual(said);
    expect(await type(['renewals', 'resolve', '-h'])).toEqual(said);
  });

  const examples = commandsOf(program).flatMap((command) =>
    examplesOf(command).map((example) => [example.command, command] as const),
  );
  test.each(examples)('the example is one: %s', (typed, command) => {
    expect(typed).toContain(command === program ? programName : pathOf(command));
    // What is called, without what is done with its output.
    const called = typed.replace(/^eval "\$\((.*)\)"$/, '$1').replace(/ >.*$/, '');
    const line = execFileSync('sh', [
      '-c',
      `ours() { printf '%s\\n' "$@"; }; openssl() { :; }; ${called.replaceAll(programName, 'ours')}`,
    ]);
    const words = line.toString().trimEnd().split('\n');
    const fresh = unrunProgram('1.2.3');
    let found = fresh;
    while (found.commands.some((each) => each.name() === words[0]))
      found = found.commands.find((each) => each.name() === words.shift()) ?? found;
    const { unknown } = found.parseOptions(found.parent?.parseOptions(words).unknown ?? words);
    expect(unknown).toEqual(words.includes('--help') ? ['--help'] : []);
    expect(() => refuseIncomplete(found)).not.toThrow();
  });

  test('fits a narrow terminal', async () => {
    const { stdout } = await type(['check', '--help'], { columns: 60 });
    expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([]);
  });
});

describe('usage', () => {
  test.each(['--version', '-v'])('%s prints the version alone', async (option) => {
    expect(await type([option])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  test('no command: help on stderr, exit 3', async () => {
    const { code, stderr, stdout } = await type([]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^Usage: mesh-cert-monitor /);
  });

  test.each([
    [
      ['inspct'],
      "error: unknown command 'inspct'\n(Did you mean inspect?)\n(mesh-cert-monitor --help shows what it takes)\n",
    ],
    [['nope'], "error: unknown command 'nope'\n(mesh-cert-monitor --help shows what it takes)\n"],
    [['help', 'nope'], "error: unknown command 'nope'\n(mesh-cert-monitor --help shows what it takes)\n"],
    [
      ['help', 'chekc'],
      "error: unknown command 'chekc'\n(Did you mean check?)\n(mesh-cert-monitor --help shows what it takes)\n",
    ],
    [
      ['help', 'renewals', 'reslove'],
      "error: unknown command 'reslove'\n(Did you mean resolve?)\n(mesh-cert-monitor renewals --help shows what it takes)\n",
    ],
    [
      ['renewals', 'reslove'],
      "error: unknown command 'reslove'\n(Did you mean resolve?)\n(mesh-cert-monitor renewals --help shows what it takes)\n",
    ],
    [
      ['renewals', 'reslove', '--config', 'a', '--environment', 'b', '--sent'],
      "error: unknown command 'reslove'\n(Did you mean resolve?)\n(mesh-cert-monitor renewals --help shows what it takes)\n",
    ],
    [
      ['renewals', '--confg', 'a'],
      "error: unknown option '--confg'\n(Did you mean --config?)\n(mesh-cert-monitor renewals --help shows what it takes)\n",
    ],
    [
      ['inspect', '--cert', 'a.pem', '--cert', 'b.pem', '--format', 'json'],
      "error: option '--cert <file>' can be given only once\n(mesh-cert-monitor inspect --help shows what it takes)\n",
    ],
    [
      ['renewals', '--config', 'a', 'resolve', '--config', 'b'],
      "error: option '--config <file>' can be given only once\n(mesh-cert-monitor renewals --help shows what it takes)\n",
    ],
    [
      ['check', '--confg', 'x'],
      "error: unknown option '--confg'\n(Did you mean --config?)\n(mesh-cert-monitor check --help shows what it takes)\n",
    ],
    [
      ['check'],
      "error: required option '--config <file>' not specified\n(mesh-cert-monitor check --help shows what it takes)\n",
    ],
    [
      ['check', '--config'],
      "error: option '--config <file>' argument missing\n(mesh-cert-monitor check --help shows what it takes)\n",
    ],
    [
      ['inspect', '--format', 'xml'],
      "error: option '--format <text|json|pem>' argument 'xml' is invalid. Allowed choices are text, json, pem.\n(mesh-cert-monitor inspect --help shows what it takes)\n",
    ],
    [
      ['inspect', '--at', '2027-02-30T00:00:00Z'],
      "error: option '--at <time>' argument '2027-02-30T00:00:00Z' is invalid. Expected a time with its offset (RFC 3339), such as 2027-03-01T09:00:00Z.\n(mesh-cert-monitor inspect --help shows what it takes)\n",
    ],
    [
      ['inspect', '--keystore', 'a', '--key', 'b'],
      "error: option '--keystore <file>' cannot be used with option '--key <file>'\n(mesh-cert-monitor inspect --help shows what it takes)\n",
    ],
    [
      ['inspect', '--cert', '', '--ca-bundle', 'b.pem'],
      "error: option '--cert <file>' argument is empty\n(mesh-cert-monitor inspect --help shows what it takes)\n",
    ],
    [
      ['check', 'client.pem', '--config', 'x'],
      "error: too many arguments for 'check'. Expected 0 arguments but got 1.\n(mesh-cert-monitor check --help shows what it takes)\n",
    ],
    [
      ['inspect', '--connect', 'a:1', '--cert', 'b.pem'],
      "error: option '--connect <host:port>' cannot be used with option '--cert <file>'\n(mesh-cert-monitor inspect --help shows what it takes)\n",
    ],
    [
      ['inspect', '--cert', 'b.pem', '--quiet', '--format', 'json'],
      "error: option '-q, --quiet' cannot be used with option '--format <text|json|pem>'\n(mesh-cert-monitor inspect --help shows what it takes)\n",
    ],
    [
      ['accept', '--config', 'a', '--environment', 'b'],
      "error: missing required argument 'issued'\n(mesh-cert-monitor accept --help shows what it takes)\n",
    ],
    [
      ['renewals', 'resolve', '--environment', 'b', '--sent'],
      "error: required option '--config <file>' not specified\n(mesh-cert-monitor renewals resolve --help shows what it takes)\n",
    ],
    [
      ['renewals', 'resolve', '--config', 'a', '--environment', 'b'],
      "error: either '--sent' or '--not-sent' is required\n(mesh-cert-monitor renewals resolve --help shows what it takes)\n",
    ],
    [
      ['renewals', 'resolve', '--config', 'a', '--environment', 'b', '--sent', '--not-sent'],
      "error: option '--sent' cannot be used with option '--not-sent'\n(mesh-cert-monitor renewals resolve --help shows what it takes)\n",
    ],
  ])('%j: exit 3, with a hint', async (words, stderr) => {
    expect(await type(words)).toEqual({ code: 3, stdout: '', stderr });
  });

  test('a flag that is repeated says the same twice, and a repeatable option collects', async () => {
    const words = [
      'check',
      '--offline',
      '--offline',
      '--environment',
      'a',
      '--environment',
      'b',
      '--config',
      'no.yaml',
    ];
    const { stderr } = await type(words);
    expect(stderr).toMatch(/^error: .*no such file/);
  });

  test('a passphrase typed for the name of a variable is not repeated', async () => {
    const { code, stderr } = await type(['inspect', '--key', 'k.pem', '--passphrase-env', 'hunter2']);
    expect(code).toBe(3);
    expect(stderr).toContain('--passphrase-env does not name a variable of this environment');
    expect(stderr).not.toContain('hunter2');
  });
});

describe('a fault of the program', () => {
  test('is one sentence and a hint', () => {
    expect(explain(new TypeError('x is not a function'), { env: {} })).toBe(
      'error: unexpected: x is not a function\nThis is a fault in mesh-cert-monitor; DEBUG=1 shows where it happened.\n',
    );
  });

  test('shows its stack with DEBUG', () => {
    expect(explain(new TypeError('x is not a function'), { env: { DEBUG: '1' } })).toMatch(
      /^TypeError: x is not a function\n +at /,
    );
  });

  test('a mistake of the user is not one', () => {
    expect(explain(new UsageError(literal('no such thing')), { env: { DEBUG: '1' } })).toBe('error: no such thing\n');
  });
});

/** Writes manual pages and completion scripts, from the description of the program from which `--help` is made. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DescribedCommand, type DescribedOption, described } from '../../src/cli/completion/described.ts';
import { completionScript, type Shell, shells } from '../../src/cli/completion/index.ts';
import { type Example, examplesOf, shellLines } from '../../src/cli/described/examples.ts';
import { commandsOf, exitCodeMeanings } from '../../src/cli/help.ts';
import { programName, unrunProgram } from '../../src/cli/program.ts';

/** Where a system looks for each by its name. */
export const completionFiles: Readonly<Record<Shell, string>> = {
  bash: programName,
  zsh: `_${programName}`,
  fish: `${programName}.fish`,
};

/** `man/*.1` and `completions/`. */
export function writeManual(dist: string): void {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const program = unrunProgram(version);
  for (const folder of ['man', 'completions']) mkdirSync(join(dist, folder), { recursive: true });
  for (const [name, text] of manualPages(version)) writeFileSync(join(dist, 'man', name), text);
  for (const shell of shells)
    writeFileSync(join(dist, 'completions', completionFiles[shell]), completionScript(program, shell));
}

/** By file name, the page of the program first. */
export function manualPages(version: string): Map<string, string> {
  const program = unrunProgram(version);
  const commands = commandsOf(program);
  const pages = described(program).map((each, index) => {
    const examples = examplesOf(commands[index] ?? program);
    return [`${pageName(each)}.1`, page(each, examples, version)] as const;
  });
  return new Map(pages);
}

const pageName = ({ path }: Pick<DescribedCommand, 'path'>) => [programName, ...path].join('-');

function page(command: DescribedCommand, examples: readonly Example[], version: string): string {
  const { path, summary, description, arguments: positional, options, subcommands } = command;
  const name = pageName(command);
  const isProgram = path.length === 0;
  return [
    // Without a date, which would make two builds of the same commit differ.
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "${programName} ${version}" "User Commands"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(isProgram ? 'watch the certificates of NHS MESH, and renew them in time' : summary)}`,
    '.SH SYNOPSIS',
    `.B ${roff([programName, ...path].join(' '))}`,
    ...(isProgram ? ['.I command'] : []),
    '.RI [ options ]',
    ...positional.map((each) => (each.isVariadic ? `.RI [ ${each.name} ...]` : `.I ${each.name}`)),
    '.SH DESCRIPTION',
    roff(description),
    ...(subcommands.length > 0 ? ['.SH COMMANDS', ...subcommands.flatMap((each) => subcommand(command, each))] : []),
    ...(positional.length > 0 ? ['.SH ARGUMENTS'] : []),
    ...positional.flatMap((each) => ['.TP', `.I ${each.name}`, roff(each.description)]),
    '.SH OPTIONS',
    ...options.flatMap(optionLines),
    '.SH EXIT STATUS',
    ...Object.entries(exitCodeMeanings).flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    ...(isProgram ? environmentLines() : []),
    '.SH EXAMPLES',
    ...examples.flatMap(exampleLines),
    '.SH SEE ALSO',
    seeAlso(command),
    '',
  ].join('\n');
}

const subcommand = ({ path }: DescribedCommand, { name, summary }: { name: string; summary: string }) => [
  '.TP',
  `.BR ${roff(pageName({ path: [...path, name] }))} (1)`,
  roff(summary),
];

function optionLines({ long, short, description, value }: DescribedOption): string[] {
  const flags = [...(short ? [short] : []), long].map((flag) => `\\fB${roff(flag)}\\fR`).join(', ');
  const words = value && `\\fI${roff(value.choices.length > 0 ? value.choices.join('|') : value.name)}\\fR`;
  const after = words === undefined ? '' : value?.isOptional ? ` [${words}]` : ` ${words}`;
  return ['.TP', `${flags}${after}`, roff(description)];
}

const environmentLines = (): string[] => [
  '.SH ENVIRONMENT',
  ...[
    ['DEBUG', 'adds the stack trace to a message about a fault in the program'],
    ['NO_COLOR, FORCE_COLOR', 'turn colour off or on, whatever the terminal'],
    ['COLUMNS', 'the width of the output, if it does not go to a terminal'],
    ['HTTPS_PROXY, NO_PROXY', 'the proxy for connections to MESH, unless one is configured'],
  ].flatMap(([names, does]) => ['.TP', `.B ${names}`, roff(does ?? '')]),
];

function seeAlso({ path, subcommands }: DescribedCommand): string {
  const pages = [
    ...(path.length > 0 ? [pageName({ path: path.slice(0, -1) })] : []),
    ...subcommands.map(({ name }) => pageName({ path: [...path, name] })),
    'openssl',
  ];
  return pages.map((name, index) => `.BR ${roff(name)} (1)${index < pages.length - 1 ? ',' : ''}`).join('\n');
}

const widest = 72;

/** The heading begins a paragraph; those after the first have to say so. */
const exampleLines = ({ does, command }: Example, index: number): string[] => [
  ...(index > 0 ? ['.PP'] : []),
  roff(`${sentence(does)}${does.endsWith('?') ? '' : ':'}`),
  '.PP',
  '.EX',
  ...shellLines(command, widest).map(roff),
  '.EE',
];

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const special: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '’': '\\(cq',
  '“': '\\(lq',
  '”': '\\(rq',
  '…': '...',
  '–': '\\(en',
};

/** As text, whatever it begins with. A sentence is on a line of its own, so that its end is seen. */
const roff = (text: string): string =>
  text
    .replace(/[\\'`^~’“”…–-]/g, (character) => special[character] ?? character)
    .replace(/(?<=[a-z)]\.) (?=[A-Z])/g, '\n')
    .replace(/^\./gm, '\\&.');

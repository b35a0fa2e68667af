/** Every command and option, but not what they do: each command's module is loaded when it is called. */
import { Command } from 'commander';
import { escaped, escapedLines, joined, type SafeText, say } from '../text/index.ts';
import type { CommandIo } from './command.ts';
import { examplesHelp } from './described/examples.ts';
import { addBundle, addLooking } from './described/looking.ts';
import { addRenewing, addRequest } from './described/renewing.ts';
import { addCompletion, addStarting } from './described/starting.ts';
import { addWatching } from './described/watching.ts';
import { commandsOf, exitCodeHelp, type Finish, helpStyle, pathOf, refuseIncomplete } from './help.ts';
import { refuseMistakes, unknownCommand } from './mistakes.ts';

export const programName = 'mesh-cert-monitor';

/** Commander's messages are one line, with an optional suggestion below. Any other line break was typed by the user. */
function errorText(error: string): SafeText {
  const [, message = '', suggestion = ''] = /^(.*?)(\n\(Did you mean [^\n]*\))?\n?$/s.exec(error) ?? [];
  return joined([escaped(message), escapedLines(suggestion), say`\n`]);
}

/** The program to be read: its commands do nothing and print nowhere. */
export const unrunProgram = (version: string): Command =>
  createProgram(
    { stdout: () => {}, stderr: () => {}, env: {}, now: () => new Date(0), colour: false, columns: 100 },
    version,
    () => {},
  );

export function createProgram(io: CommandIo, version: string, finish: Finish): Command {
  const program = new Command(programName)
    .description(
      'Monitors the certificates that an organisation uses for NHS MESH, proves that they work, and requests new ones in time.',
    )
    .version(version, '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp(helpStyle)
    .hook('preAction', (_, command) => refuseIncomplete(command))
    .configureOutput({
      // Help is in our own words, and may be coloured; errors repeat what was typed.
      writeOut: (help) => io.stdout(help as SafeText),
      writeErr: (words) => io.stderr(escapedLines(words)),
      outputError: (error, write) => write(errorText(error)),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => io.colour,
      getErrHasColors: () => false,
    });
  addWatching(program, io, finish);
  addLooking(program, io, finish);
  addBundle(program, io, finish);
  addRequest(program, io, finish);
  addRenewing(program, io, finish);
  addStarting(program, io, finish);
  addCompletion(program, io, finish);
  addHelp(program);
  for (const command of commandsOf(program)) {
    command.showHelpAfterError(`(${pathOf(command)} --help shows what it takes)`);
    command.addHelpText('after', () => examplesHelp(command, io.columns));
  }
  program.addHelpText('after', exitCodeHelp());
  refuseMistakes(program);
  return program;
}

/** Instead of commander's own, which says nothing about a command that it does not know, and takes one word only. */
function addHelp(program: Command): void {
  program
    .command('help')
    .summary('show the help of a command')
    .description('Shows the help of a command, or of the program.')
    .argument('[command...]', 'the command, for example renewals resolve')
    .action((words: readonly string[]) => {
      let found = program;
      for (const word of words) {
        const next = found.commands.find((command) => command.name() === word);
        if (!next) found.error(unknownCommand(found, word));
        else found = next;
      }
      found.help();
    });
}

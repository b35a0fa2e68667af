// The blocks of docs/cli.md, from the program that parses the command line.
import type { Argument, Command, Option } from 'commander';
import { examplesOf } from '../../src/cli/described/examples.ts';
import { commandsOf, exitCodeMeanings, optionDescription, pathOf, requiredGlobalOptions } from '../../src/cli/help.ts';
import { programName, unrunProgram } from '../../src/cli/program.ts';
import type { Blocks } from './blocks.ts';
import { cell, table } from './markdown.ts';

export const cliBlocks: Blocks = {
  'exit-codes': {
    from: 'src/cli/help.ts',
    render: () => table(['code', 'meaning'], Object.entries(exitCodeMeanings)),
  },
  commands: { from: 'src/cli/', render: commands },
};

function commands(): string {
  const [, ...below] = commandsOf(unrunProgram(''));
  return below.map(section).join('\n\n');
}

function section(command: Command): string {
  const rows = [
    ...command.registeredArguments.map(argumentRow),
    ...[...requiredGlobalOptions(command), ...command.options].map(optionRow),
  ];
  const takes = rows.length === 0 ? [] : [table(['argument or option', 'meaning'], rows)];
  const examples = examplesOf(command).map(({ does, command }) => `# ${does}\n${command}`);
  const heading = `## \`${pathOf(command).replace(`${programName} `, '')}\``;
  return [heading, command.description(), ...takes, `\`\`\`sh\n${examples.join('\n')}\n\`\`\``].join('\n\n');
}

const argumentRow = (argument: Argument) => [
  argument.variadic ? `\`[${argument.name()}…]\`` : `\`<${argument.name()}>\``,
  cell(argument.description),
];
const optionRow = (option: Option) => [cell(`\`${option.flags}\``), cell(optionDescription(option))];

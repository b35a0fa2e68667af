/** Completion for fish. */
import type { DescribedCommand, Value } from './described.ts';

const environments = '__mesh_cert_monitor_environments';

export function fishCompletion(commands: readonly DescribedCommand[], program: string): string {
  const lines = commands.flatMap((command) => linesOf(command, program));
  return `# fish completion for ${program}, made by \`${program} completion fish\`
# the names in the configuration that has been typed
function ${environments}
  set -l typed (commandline -opc)
  set -l at (contains -i -- --config $typed); or return
  ${program} completion fish --environments-of (string replace -r '^~/' "$HOME/" -- $typed[(math $at + 1)]) 2>/dev/null
end
complete -c ${program} -f
${lines.join('\n')}
`;
}

function linesOf(command: DescribedCommand, program: string): string[] {
  const {
    options,
    arguments: [argument],
    subcommands,
  } = command;
  const complete = `complete -c ${program} -n ${quoted(conditionOf(command))}`;
  return [
    ...subcommands.map((each) => `${complete} -a ${each.name} -d ${quoted(each.summary)}`),
    ...(argument?.kind === 'file' ? [`${complete} -F`] : []),
    ...(argument?.kind === 'choice' ? [`${complete} -a ${quoted(argument.choices.join(' '))}`] : []),
    ...options.map(({ long, short, description, value }) =>
      [
        complete,
        ...(short ? [`-s ${short.slice(1)}`] : []),
        `-l ${long.slice(2)}`,
        ...(value ? [valueSpec(value)] : []),
        `-d ${quoted(description)}`,
      ].join(' '),
    ),
  ];
}

/** The words of its path have been typed, and none of a command below it. */
function conditionOf({ path, subcommands }: DescribedCommand): string {
  const [top, ...below] = path;
  const names = subcommands.map((each) => each.name).join(' ');
  const none = names === '' ? [] : [`not __fish_seen_subcommand_from ${names}`];
  if (top === undefined) return none.join('; and ');
  return [
    `__fish_seen_subcommand_from ${top}`,
    ...below.map((word) => `__fish_seen_subcommand_from ${word}`),
    ...none,
    // `help renewals` is about a command and is not that command.
    ...(top === 'help' ? [] : ['not __fish_seen_subcommand_from help']),
  ].join('; and ');
}

function valueSpec({ kind, choices, isOptional }: Value): string {
  if (kind === 'file') return '-r -F';
  if (kind === 'folder') return "-x -a '(__fish_complete_directories)'";
  if (kind === 'environment') return `-x -a '(${environments})'`;
  if (kind === 'choice') return `-x -a ${quoted(choices.join(' '))}`;
  return isOptional ? '' : '-x';
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

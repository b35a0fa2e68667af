/** Completion for zsh: a function of its completion system, for `fpath` or for `eval`. */
import type { DescribedArgument, DescribedCommand, DescribedOption, Value } from './described.ts';

export function zshCompletion(commands: readonly DescribedCommand[], program: string): string {
  const functions = commands.map((command) => functionOf(command, program));
  return `#compdef ${program}
# zsh completion for ${program}, made by \`${program} completion zsh\`
${functions.join('\n')}
if [ "\${funcstack[1]}" = "_${program}" ]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;
}

function functionOf(command: DescribedCommand, program: string): string {
  const { path, options, arguments: positional, subcommands } = command;
  const name = `_${[program, ...path].join('-')}`;
  const specs = [...options.map(optionSpec), ...positional.map(argumentSpec)];
  if (subcommands.length === 0) return `${name}() {\n  _arguments -s -S \\\n${lines(specs)}\n}`;
  const list = subcommands.map((each) => `    ${quoted(`${colons(each.name)}:${colons(each.summary)}`)}`).join('\n');
  const cases = subcommands.map((each) => `        ${each.name}) ${name}-${each.name} ;;`).join('\n');
  return `${name}() {
  local curcontext=$curcontext state line ret=1
  local -a commands
  commands=(
${list}
  )
  _arguments -C -s -S \\
${lines([...specs, "'1: :->command'", "'*:: :->arguments'"])} && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    arguments)
      curcontext=\${curcontext%:*:*}:${[program, ...path].join('-')}-$line[1]:
      case $line[1] in
${cases}
      esac
      ret=$?
      ;;
  esac
  return ret
}`;
}

const lines = (specs: readonly string[]) => specs.map((spec) => `    ${spec}`).join(' \\\n');

/** `'(-h --help)'{-h,--help}'[show this help]'`, `'*--environment[…]:name:'` */
function optionSpec({ long, short, description, value, isRepeatable }: DescribedOption): string {
  const text = `[${description.replaceAll('[', '\\[').replaceAll(']', '\\]').replaceAll(':', '\\:')}]`;
  const action = value ? valueSpec(value) : '';
  if (short) return `'(${short} ${long})'{${short},${long}}${quoted(`${text}${action}`)}`;
  return quoted(`${isRepeatable ? '*' : ''}${long}${text}${action}`);
}

const valueSpec = (value: Value) => `${value.isOptional ? '::' : ':'}${colons(value.name)}:${actionOf(value)}`;

function actionOf({ kind, choices }: Value): string {
  if (kind === 'file') return '_files';
  if (kind === 'folder') return '_files -/';
  return kind === 'choice' ? `(${choices.join(' ')})` : '';
}

const argumentSpec = (argument: DescribedArgument) =>
  quoted(
    `${argument.isVariadic ? '*' : '1'}${argument.isOptional && !argument.isVariadic ? '::' : ':'}${colons(argument.name)}:${actionOf(argument)}`,
  );

const colons = (text: string) => text.replaceAll(':', '\\:');
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

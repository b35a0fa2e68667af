/** Completion for zsh: a function of its completion system, for `fpath` or for `eval`. */
import type { DescribedArgument, DescribedCommand, DescribedOption, Value } from './described.ts';

export function zshCompletion(commands: readonly DescribedCommand[], program: string): string {
  const functions = commands.map((command) => functionOf(command, program));
  return `#compdef ${program}
# zsh completion for ${program}, made by \`${program} completion zsh\`
${functions.join('\n')}
# the names in the configuration that has been typed
_${program}-environments() {
  local -i at=\${words[(i)--config]}
  local config=\${(Q)words[at + 1]}
  [ -n "$config" ] || return 1
  local -a names
  names=(\${(f)"$(${program} completion zsh --environments-of "\${config/#\\~\\//$HOME/}" 2>/dev/null)"})
  compadd -a names
}
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
  const specs = [
    ...options.map((option) => optionSpec(option, program)),
    ...positional.map((argument) => argumentSpec(argument, program)),
  ];
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
function optionSpec({ long, short, description, value, isRepeatable }: DescribedOption, program: string): string {
  const text = `[${description.replaceAll('[', '\\[').replaceAll(']', '\\]').replaceAll(':', '\\:')}]`;
  const action = value ? valueSpec(value, program) : '';
  if (short) return `'(${short} ${long})'{${short},${long}}${quoted(`${text}${action}`)}`;
  return quoted(`${isRepeatable ? '*' : ''}${long}${text}${action}`);
}

const valueSpec = (value: Value, program: string) =>
  `${value.isOptional ? '::' : ':'}${colons(value.name)}:${actionOf(value, program)}`;

function actionOf({ kind, choices }: Value, program: string): string {
  if (kind === 'file') return '_files';
  if (kind === 'folder') return '_files -/';
  if (kind === 'environment') return `_${program}-environments`;
  return kind === 'choice' ? `(${choices.join(' ')})` : '';
}

const argumentSpec = (argument: DescribedArgument, program: string) =>
  quoted(
    `${argument.isVariadic ? '*' : '1'}${argument.isOptional && !argument.isVariadic ? '::' : ':'}${colons(argument.name)}:${actionOf(argument, program)}`,
  );

const colons = (text: string) => text.replaceAll(':', '\\:');
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

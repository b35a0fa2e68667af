/** Completion for bash 3.2 and later, with or without the package bash-completion. */
import type { DescribedCommand, Value } from './described.ts';

export function bashCompletion(commands: readonly DescribedCommand[], program: string): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const paths = commands.flatMap(({ path, subcommands }) =>
    subcommands.map((each) => `${[...path, each.name].join('/')}`),
  );
  return `# bash completion for ${program}, made by \`${program} completion bash\`
${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= word words= i
  # bash makes words of their own of = and what follows it
  if [ "$cur" = = ]; then
    cur=
  elif [ "$prev" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${valued(commands).join(' | ')}) i=$((i + 1)); continue ;;
    esac
    case $path/$word in
      ${paths.map((each) => `/${each}`).join(' | ')}) path=$path/$word ;;
    esac
  done
  case $path:$prev in
${commands.flatMap((command) => optionCases(command, name)).join('\n')}
  esac
  case $path in
${commands.map((command) => commandCase(command, name)).join('\n')}
  esac
  ${name}_words "$words"
}
# the given words that begin with what has been typed
${name}_words() {
  local IFS=$' \\t\\n' line
  while read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$1" -- "$cur")
}
# files (-f) or folders (-d); bash then quotes what needs it
${name}_files() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
  compopt -o filenames 2>/dev/null || true
}
# the names in the configuration that has been typed
${name}_environments() {
  local i word= before= config=
  for ((i = 1; i < \${#COMP_WORDS[@]}; i++)); do
    word=\${COMP_WORDS[i]}
    [ "$word" = = ] && continue
    [ "$before" = --config ] && config=$word
    before=$word
  done
  config=\${config//[\\\\\\"\\']/}
  [ -z "$config" ] || ${name}_words "$(${program} completion bash --environments-of "\${config/#\\~\\//$HOME/}" 2>/dev/null)"
}
complete -F ${name} ${program}
`;
}

/** Options whose value is the next word, in any command. */
const valued = (commands: readonly DescribedCommand[]): string[] => [
  ...new Set(
    commands.flatMap(({ options }) => options.flatMap(({ long, value }) => (value && !value.isOptional ? [long] : []))),
  ),
];

const slashed = (path: readonly string[]) => path.map((each) => `/${each}`).join('');

function optionCases({ path, options }: DescribedCommand, name: string): string[] {
  return options.flatMap(({ long, value }) =>
    value && !value.isOptional ? [`    ${slashed(path)}:${long}) ${completed(value, name)}; return ;;`] : [],
  );
}

function completed({ kind, choices }: Value, name: string): string {
  if (kind === 'file') return `${name}_files -f`;
  if (kind === 'folder') return `${name}_files -d`;
  if (kind === 'environment') return `${name}_environments`;
  return kind === 'choice' ? `${name}_words '${choices.join(' ')}'` : ':';
}

/** Options once a hyphen has been typed; before that, whatever else can stand there. */
function commandCase({ path, options, arguments: [argument], subcommands }: DescribedCommand, name: string): string {
  const flags = options.map(({ long }) => long).join(' ');
  const own = [...subcommands.map((each) => each.name), ...(argument?.choices ?? [])].join(' ');
  const files = argument?.kind === 'file' ? `${name}_files -f; return` : '';
  const otherwise = files || `words='${[own, own ? '' : flags].filter(Boolean).join(' ')}'`;
  const also = path.length > 0 && subcommands.length > 0 ? `words='${own} ${flags}'` : otherwise;
  return `    '${slashed(path)}') case $cur in -*) words='${flags}' ;; *) ${also} ;; esac ;;`;
}

/** Commands that run as printed: with the path of the configuration and the environment's name, quoted for a shell. */
import { escaped, type SafeText, shellWord } from '../text/index.ts';
import type { Evidence } from './types.ts';

type Named = Pick<Evidence, 'configurationFile' | 'environment'>;

/** Which of our commands take `--config`, and whether they also take `--environment`. */
const takesEnvironment: Readonly<Record<string, boolean>> = {
  renew: true,
  accept: true,
  check: true,
  'renewals resolve': true,
  renewals: false,
};

/** @param words subcommand and options other than `--config` and `--environment`, already quoted. */
export function commandFor(words: string, named: Named): string | undefined {
  const subcommand = Object.keys(takesEnvironment).find((each) => words === each || words.startsWith(`${each} `));
  const { configurationFile, environment } = named;
  if (!subcommand || configurationFile === undefined || !environment) return undefined;
  const options = words.slice(subcommand.length);
  const which = takesEnvironment[subcommand] ? ` --environment ${shellWord(environment.name)}` : '';
  return `mesh-cert-monitor ${subcommand} --config ${shellWord(configurationFile)}${which}${options}`;
}

const inText = /`mesh-cert-monitor ([a-z][^`]*)`/g;
const placeholders = / --(config|environment) (FILE|NAME)\b/g;

/** Every command of ours in a remedy with its configuration and environment filled in. What already names them stays. */
export function runnable(remedy: SafeText, named: Named): SafeText {
  return escaped(
    remedy.replace(inText, (whole: string, words: string) => {
      const bare = words.replace(placeholders, '');
      if (bare.includes(' --config ')) return whole;
      const command = commandFor(bare, named);
      return command === undefined ? whole : `\`${command}\``;
    }),
  );
}

/** Commands that run as printed: with the path of the configuration and the environment's name, quoted for a shell. */
import type { FindingCode } from '../findings/index.ts';
import { escaped, ourCommand, type SafeText, shellWord } from '../text/index.ts';
import type { Evidence, Wording } from './types.ts';
import { deskAddresses, type Part, sourceOf, whoForwards } from './words.ts';

interface Named {
  readonly configurationFile?: string | undefined;
  readonly environment?: { readonly name: string } | undefined;
  readonly renewal?: Evidence['renewal'];
}

/** Which of our commands take `--config`, and whether they also take `--environment`. */
const takesEnvironment: Readonly<Record<string, boolean>> = {
  renew: true,
  request: true,
  accept: true,
  check: true,
  permissions: false,
  'renewals resolve': true,
  renewals: false,
};

/** @param words subcommand and options other than `--config` and `--environment`, already quoted. */
export function commandFor(words: string, named: Named): string | undefined {
  const subcommand = Object.keys(takesEnvironment).find((each) => words === each || words.startsWith(`${each} `));
  const { configurationFile, environment, renewal } = named;
  if (!subcommand || configurationFile === undefined || !environment) return undefined;
  // Where a certificate is shared, its renewal may be recorded under another name.
  const name = (subcommand === 'renewals resolve' ? renewal?.record?.environment : undefined) ?? environment.name;
  const place = { configurationFile, ...(takesEnvironment[subcommand] ? { environment: name } : {}) };
  return ourCommand(subcommand, place, words.slice(subcommand.length).trim());
}

/**
 * A request before the renewal window opens. Only one process may use a state directory, and the running service requests nothing so early.
 * @param options of `renew`, already quoted
 */
export function earlyRequest(remedy: string, options: string, evidence: Evidence): Wording {
  const command = deskAddresses(evidence) === '' ? undefined : commandFor(`renew ${options}`, evidence);
  if (!command) return { remedy };
  return {
    remedy: `${remedy} If the service is running, stop it for this command and start it again afterwards.${whoForwards(evidence)}`,
    command,
  };
}

const inText = /`mesh-cert-monitor ([a-z][^`]*)`/g;
const placeholders = / --(config|environment) (FILE|NAME)\b/g;

/** Which file a remedy means where it says FILE, KEY or BUNDLE.pem. */
function partOf(code: FindingCode): Part {
  if (code.startsWith('private_key') || code.startsWith('keystore') || code.startsWith('passphrase'))
    return 'privateKey';
  return code.startsWith('certificate') ? 'certificate' : 'caBundle';
}

/** The path of a part, quoted for a shell; undefined if it is not a file. */
export function pathOf(evidence: Evidence, part: Part): string | undefined {
  const source = sourceOf(evidence, part);
  return source?.kind === 'file' ? shellWord(source.path) : undefined;
}

const inCode = /`[^`]+`/g;
const files = /(?<!--config )\b(?:FILE|KEY|BUNDLE\.pem)\b(?!\.p12)/g;

/** Every command in a remedy with its configuration, environment and file filled in, as far as they are known. What already names them stays. */
export function runnable(remedy: SafeText, evidence: Evidence, code: FindingCode): SafeText {
  const path = pathOf(evidence, partOf(code));
  const { configurationFile = 'FILE', environment = { name: 'NAME' }, renewal } = evidence;
  return escaped(
    remedy
      .replace(inText, (whole: string, words: string) => {
        const bare = words.replace(placeholders, '');
        if (bare.includes(' --config ')) return whole;
        const command = commandFor(bare, { configurationFile, environment, renewal });
        return command === undefined ? whole : `\`${command}\``;
      })
      .replace(inCode, (whole) => (path === undefined ? whole : whole.replace(files, path))),
  );
}

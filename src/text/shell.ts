import { isTreacherous, type SafeText } from './rule.ts';

/** One word of a command for a POSIX shell, which a person can copy. A treacherous character is written as its bytes. */
export function shellWord(text: string): SafeText {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text as SafeText;
  return (isTreacherous(text) ? `"$(printf '${octal(text)}')"` : `'${text.replaceAll("'", "'\\''")}'`) as SafeText;
}

/** A format for printf(1) without any special meaning. */
const octal = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      /[\w@+=:,./-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('');

/** Where one of our commands works. */
export interface Place {
  /** Path of the configuration. */
  readonly configurationFile: string;
  /** Its name; absent for a command that takes none. */
  readonly environment?: string;
}

/**
 * One of our commands, which runs as printed.
 * @param options what follows, already quoted.
 */
export function ourCommand(words: string, { configurationFile, environment }: Place, options = ''): SafeText {
  const which = environment === undefined ? '' : ` --environment ${shellWord(environment)}`;
  const more = options === '' ? '' : ` ${options}`;
  return `mesh-cert-monitor ${words} --config ${shellWord(configurationFile)}${which}${more}` as SafeText;
}

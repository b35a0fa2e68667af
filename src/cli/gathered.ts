/** Lines that come soon after each other, as one text: each text costs a system call, and wakes whoever reads it. */
import { joined, type SafeText } from '../text/index.ts';

/** A person does not notice. */
const gatherMs = 20;
const mostCharacters = 65_536;

export interface Gathered {
  write(line: SafeText): void;
  /** Writes now what has been gathered: at the latest when the process ends. */
  flush(): void;
}

/** @param write - gets one line or more with their line breaks, in the order in which they came. */
export function gathered(write: (lines: SafeText) => void): Gathered {
  let lines: SafeText[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = joined(lines);
    [lines, characters] = [[], 0];
    if (text !== '') write(text);
  };
  return {
    write(line) {
      lines.push(line);
      characters += line.length;
      if (characters >= mostCharacters) flush();
      else timer ??= setTimeout(flush, gatherMs).unref();
    },
    flush,
  };
}

/** What a person sees while a command waits: one line on stderr, which is taken away again. Only on a terminal. */
import { counted, escaped, plural, type SafeText, say } from '../text/index.ts';
import { secondMs } from '../time/index.ts';
import type { CommandIo } from './command.ts';

/** Most checks are done before anybody wonders. */
const silentMs = 700;

export interface Progress {
  /** One of those that are waited for. */
  readonly done: (name: string) => void;
  /** Takes the line away, before anything else is written. */
  readonly end: () => void;
}

/** @param names - what is waited for. */
export function progressOf(names: readonly string[], { status }: Pick<CommandIo, 'status'>): Progress {
  if (!status) return { done: () => {}, end: () => {} };
  const waiting = new Set(names);
  const began = performance.now();
  const show = () => {
    const ms = performance.now() - began;
    if (ms >= silentMs) status(progressLine(names.length, [...waiting], Math.floor(ms / secondMs)));
  };
  const ticks = setInterval(show, silentMs);
  return {
    done: (name) => void waiting.delete(name),
    end: () => {
      clearInterval(ticks);
      status(undefined);
    },
  };
}

/** `Checked 3 of 5 environments; waiting for integration and 1 more (12 s)` */
export function progressLine(total: number, [first, ...others]: readonly string[], seconds: number): SafeText {
  const left = others.length + (first === undefined ? 0 : 1);
  const more = others.length > 0 ? ` and ${counted(others.length)} more` : '';
  const whom = first === undefined ? '' : `; waiting for ${escaped(first)}${more}`;
  return say`Checked ${counted(total - left)} of ${plural(total, 'environment')}${whom} (${seconds} s)`;
}

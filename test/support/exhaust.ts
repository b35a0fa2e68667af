/** A process without a free file descriptor, as after a flood of connections. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** Opens files until there is no descriptor left. @returns a function that closes them. */
export function exhaustDescriptors(): () => void {
  const held: number[] = [];
  try {
    for (;;) held.push(openSync(devNull, 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
  }
  return () => {
    for (const descriptor of held.splice(0)) closeSync(descriptor);
  };
}

/** A command line that runs Node with a limit on its descriptors, both the soft and the hard one. */
export function limitedNode(descriptors: number, args: readonly string[]): [string, string[]] {
  return ['/bin/sh', ['-c', `ulimit -n ${descriptors}; exec "$0" "$@"`, process.execPath, ...args]];
}

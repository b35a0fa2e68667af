/** Lists in the documents that are written by hand: that nothing of what they list is missing. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

describe('lists that are written by hand', () => {
  test('docs/service.md names every message of the log, and no other', () => {
    const { messages, elsewhere } = logMessages();
    const firstCells = [...section('docs/service.md', '## Log').matchAll(/^\| (.*?) \|/gm)].map(([, cell]) => cell!);
    const named = firstCells.slice(1).flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
    const names = (name: string, message: string) =>
      name.endsWith('…') ? message.startsWith(name.slice(0, -1)) : name === message;
    expect(messages.size).toBeGreaterThan(30);
    expect([...messages].filter((message) => !named.some((name) => names(name, message)))).toEqual([]);
    expect(named.filter((name) => name !== 'msg' && ![...messages].some((message) => names(name, message)))).toEqual(
      [],
    );
    // For these, `indirect` says where the message is written.
    expect(elsewhere).toEqual(['change', 'didNotEnd(work)', 'message', 'what']);
  });

  test('docs/configuration.md names the key of every warning', () => {
    const source = readFileSync('src/config/warnings.ts', 'utf8');
    const keys = new Set(
      [...source.matchAll(/['`]([a-z_]+(?:\.[a-z_]+)+): |\]\.([a-z_.]+): /g)].map(([, a, b]) => a ?? b!),
    );
    expect(keys.size).toBeGreaterThanOrEqual(10);
    const text = section('docs/configuration.md', '## Warnings');
    expect([...keys].filter((key) => !text.includes(`\`${key}`))).toEqual([]);
  });
});

/** The text below a heading, up to the next one of its level. */
function section(page: string, heading: string): string {
  const [, after = ''] = readFileSync(page, 'utf8').split(`\n${heading}\n`);
  return after.split('\n## ')[0]!;
}

const indirect: readonly (readonly [file: string, pattern: RegExp])[] = [
  ['src/monitor/log.ts', /message: '([^']+)'/g],
  ['src/monitor/wall.ts', /didNotEnd = .*`\$\{work\}([^`]+)`/g],
  ['src/service/http.ts', /what = '([^']+)'/g],
  ['src/service/http.ts', /\['(http\.[^']+)'\]/g],
  ['src/service/service.ts', /#report\(error, '([^']+)'\)/g],
];

/** Every message that the log gets, and the expressions that stand for messages that are written elsewhere. */
function logMessages(): { readonly messages: ReadonlySet<string>; readonly elsewhere: readonly string[] } {
  const [messages, elsewhere] = [new Set<string>(), new Set<string>()];
  for (const file of globSync('src/**/*.ts')) {
    const code = readFileSync(file, 'utf8').replaceAll(/^ *(?:\/\*)?\*.*$/gm, '');
    for (const [, args = ''] of code.matchAll(
      /[lL]og(?:\.(?:info|warn|error)|\[level\])\(((?:[^()]|\([^()]*\))*)\)/g,
    )) {
      const [, message, expression = args] = /(?:'([^']*)'|(\w+(?:\(\w+\))?)),?\s*$/.exec(args) ?? [];
      if (message === undefined) elsewhere.add(expression);
      else messages.add(message);
    }
  }
  for (const [file, pattern] of indirect) {
    const found = [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, message]) => message!);
    expect(found.length, `${pattern} in ${file}`).toBeGreaterThan(0);
    const kinds = file.endsWith('wall.ts') ? ['check', 'handshake', 'renewal'] : [''];
    for (const message of found) for (const kind of kinds) messages.add(`${kind}${message}`);
  }
  return { messages, elsewhere: [...elsewhere].sort() };
}

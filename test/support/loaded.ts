/** What the built program loads, measured from outside: its own files, the packages in them, and Node's modules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { bareEnv } from './process.ts';
import { main } from './service-process.ts';

export interface Loaded {
  readonly kilobytes: number;
  /** Of those that package.json lists. */
  readonly packages: readonly string[];
  /** Our own modules, as paths below `src`. */
  readonly ours: readonly string[];
  /** Without the prefix `node:`; those that take longer to load. */
  readonly builtins: readonly string[];
}

/** Writes every module that is loaded to descriptor 3, one a line. */
const hook = `import { registerHooks } from 'node:module';
import { writeSync } from 'node:fs';
registerHooks({ load(url, context, next) { writeSync(3, url + '\\n'); return next(url, context); } });`;

export async function loadedBy(
  args: readonly string[],
  { env = {}, until }: { env?: Readonly<Record<string, string>>; until?: RegExp } = {},
): Promise<Loaded> {
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, main, ...args],
    {
      env: { ...bareEnv, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
    if (until?.test(said)) child.kill();
  });
  const [urls] = await Promise.all([text(child.stdio[3] as NodeJS.ReadableStream), once(child, 'exit')]);
  const modules = [...new Set(urls.trim().split('\n'))];
  const files = modules.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  return {
    kilobytes: files.reduce((sum, file) => sum + statSync(file).size, 0) / 1000,
    ours: [
      ...new Set(files.flatMap(sourcesOf).flatMap((source) => /\/src\/(?!.*node_modules)(.*)/.exec(source)?.[1] ?? [])),
    ],
    packages: [...new Set(files.flatMap(packagesIn))].filter((name) => Object.hasOwn(listed, name)).sort(),
    builtins: [...new Set([...modules, ...files].flatMap((each) => builtin.exec(each)?.[1] ?? []))].sort(),
  };
}

const { devDependencies: listed } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: object };

/** The build has files of its own for some of Node's modules. */
const builtin =
  /(?:^node:|\/_node_)(crypto|dns|https?|http2|net|sqlite|tls|worker_threads|zlib|undici|wasi|inspector)(?:\.js)?$/;

/** From the source map that the build writes, where there is something to map. */
function sourcesOf(file: string): string[] {
  if (!existsSync(`${file}.map`)) return [];
  return (JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] }).sources;
}

function packagesIn(file: string): string[] {
  return sourcesOf(file).flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
}

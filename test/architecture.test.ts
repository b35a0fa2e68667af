import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

/** Rooms from the ground up: a room may import the faces of those above it in this list that it names. */
const mayImport: Record<string, readonly string[]> = {
  errors: [],
  installation: [],
  shortage: ['errors'],
  files: ['shortage'],
  database: [],
  threads: ['errors', 'installation', 'shortage'],
  text: [],
  time: ['text'],
  limits: [],
  gzip: [],
  turns: [],
  marks: ['files', 'installation'],
  findings: ['text'],
  x509: ['errors', 'limits', 'text'],
  sources: ['errors', 'files', 'limits', 'text'],
  config: ['errors', 'files', 'installation', 'limits', 'sources', 'text', 'threads', 'time'],
  credential: ['config', 'errors', 'findings', 'limits', 'marks', 'text', 'x509'],
  rehearsal: ['credential', 'shortage', 'x509'],
  verify: ['config', 'credential', 'findings', 'limits', 'rehearsal', 'text', 'time', 'x509'],
  bundle: ['credential', 'files', 'limits', 'text', 'time', 'verify', 'x509'],
  examine: [
    'config',
    'credential',
    'database',
    'errors',
    'files',
    'findings',
    'installation',
    'limits',
    'marks',
    'rehearsal',
    'threads',
    'time',
    'verify',
    'x509',
  ],
  mesh: [
    'config',
    'credential',
    'errors',
    'findings',
    'installation',
    'limits',
    'shortage',
    'text',
    'time',
    'verify',
    'x509',
  ],
  renewal: [
    'bundle',
    'config',
    'credential',
    'errors',
    'examine',
    'files',
    'findings',
    'shortage',
    'text',
    'time',
    'verify',
    'x509',
  ],
  diagnosis: ['config', 'findings', 'mesh', 'renewal', 'text', 'time', 'verify', 'x509'],
  status: ['config', 'diagnosis', 'findings', 'mesh', 'renewal', 'verify'],
  report: ['diagnosis', 'findings', 'mesh', 'renewal', 'status', 'text', 'time', 'verify', 'x509'],
  inspect: ['config', 'credential', 'examine', 'findings', 'report', 'text', 'time', 'verify', 'x509'],
  'index.ts': ['inspect'],
  metrics: ['findings', 'gzip', 'mesh', 'renewal', 'status', 'text', 'time', 'turns', 'verify', 'x509'],
  web: [
    'config',
    'diagnosis',
    'errors',
    'findings',
    'gzip',
    'inspect',
    'installation',
    'mesh',
    'metrics',
    'renewal',
    'report',
    'shortage',
    'status',
    'text',
    'time',
    'verify',
    'x509',
  ],
  monitor: [
    'config',
    'credential',
    'database',
    'diagnosis',
    'errors',
    'examine',
    'files',
    'findings',
    'mesh',
    'renewal',
    'shortage',
    'status',
    'text',
    'time',
    'turns',
    'verify',
    'x509',
  ],
  notify: ['config', 'database', 'findings', 'mesh', 'renewal', 'sources', 'status', 'text', 'time', 'verify'],
  service: [
    'config',
    'credential',
    'examine',
    'files',
    'inspect',
    'limits',
    'mesh',
    'metrics',
    'monitor',
    'notify',
    'renewal',
    'shortage',
    'status',
    'time',
    'web',
  ],
  demo: ['config', 'credential', 'errors', 'mesh', 'sources', 'time', 'x509'],
};

/** Deciding is pure: these rooms touch no file, no network and no clock. */
const pure: readonly { where: RegExp; except: readonly string[] }[] = [
  { where: /^(errors|findings|gzip|limits|text|time|x509)\//, except: [] },
  { where: /^verify\//, except: ['verify/rehearsal.ts', 'verify/rehearsal-server.ts'] },
  { where: /^bundle\//, except: ['bundle/read.ts'] },
  { where: /^renewal\/(decide|findings)\.ts$/, except: [] },
  { where: /^renewal\/mail\/(request-message|contact-messages|header-safety)\.ts$/, except: [] },
  { where: /^mesh\/(judge|tls\/alerts|http\/authorization|diagnosis\/.*)\.ts$/, except: [] },
  { where: /^(diagnosis|report|status)\//, except: [] },
];
const worldly = /^(node:(fs|net|tls|http|https|dns|child_process|sqlite|stream)(\/.*)?|nodemailer|express|pino)$/;

const root = join(import.meta.dirname, '..', 'src');
const sourcesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
const files = sourcesIn(root);

interface Import {
  readonly from: string;
  /** Relative to `src`, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm),
  ].map((match) => {
    const target = match[2] ?? match[3] ?? '';
    const to = target.startsWith('.') ? relative(root, join(root, dirname(file), target)) : target;
    return { from: file, to, typeOnly: match[1] !== undefined };
  });
}
const roomOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : path);

test('every room that exists is in the plan', () => {
  const rooms = new Set(files.map(roomOf).filter((room) => !room.endsWith('.ts')));
  expect([...rooms].filter((room) => room !== 'cli' && !(room in mayImport))).toEqual([]);
});

test('the plan runs one way: a room imports only from those above it', () => {
  const rooms = Object.keys(mayImport);
  const upwards = rooms.flatMap((room, floor) =>
    mayImport[room]!.filter((each) => !rooms.slice(0, floor).includes(each)).map((each) => `${room} → ${each}`),
  );
  expect(upwards).toEqual([]);
});

test('no import runs against the direction of the data', () => {
  const wrong = files.flatMap(importsOf).filter(({ from, to }) => {
    const [source, target] = [roomOf(from), roomOf(to)];
    if (source === 'cli' || source === 'main.ts' || source === target || !files.some((file) => file === to))
      return false;
    return !mayImport[source]?.includes(target);
  });
  expect(wrong).toEqual([]);
});

test('what is inside a room is imported through its face', () => {
  const wrong = files
    .flatMap(importsOf)
    .filter(({ from, to }) => roomOf(from) !== roomOf(to) && to.includes('/') && files.includes(to))
    .filter(({ to }) => roomOf(to) !== 'cli' && to !== `${roomOf(to)}/index.ts`);
  expect(wrong).toEqual([]);
});

/** Programs beside `src`, which use it as any other program would. The tests look inside. */
const outside = ['alerts/src', 'bench', 'conformance', 'grafana/src', 'scripts'];
/** The command line has no face. That of the demonstration would load all of it for one key, and that of `web` the page, which needs compiling. */
const faceless = /^(cli\/|demo\/(der|keys|pki)\.ts$|web\/(access\/attempts|connections\/limits|api\/openapi)\.ts$)/;

test('what is inside a room is imported through its face from outside, too', () => {
  const wrong = outside
    .flatMap((folder) => sourcesIn(join(root, '..', folder)).map((file) => `../${folder}/${file}`))
    .flatMap(importsOf)
    .filter(({ to }) => files.includes(to) && to.includes('/'))
    .filter(({ to }) => !faceless.test(to) && to !== `${roomOf(to)}/index.ts`);
  expect(wrong).toEqual([]);
});

test('a room’s own files do not go through its face', () => {
  const wrong = files.flatMap(importsOf).filter(({ from, to }) => to === `${roomOf(from)}/index.ts`);
  expect(wrong).toEqual([]);
});

test('no file imports itself by way of others, for its types neither', () => {
  const targets = Map.groupBy(files.flatMap(importsOf), ({ from }) => from);
  const reachable = new Map<string, ReadonlySet<string>>();
  for (const file of files) {
    const seen = new Set<string>();
    for (const queue = [file]; queue.length > 0; ) {
      for (const { to } of targets.get(queue.pop()!) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        queue.push(to);
      }
    }
    reachable.set(file, seen);
  }
  expect(files.filter((file) => reachable.get(file)?.has(file))).toEqual([]);
});

test('nothing but main imports the command line', () => {
  const wrong = files
    .flatMap(importsOf)
    .filter(({ from, to }) => roomOf(to) === 'cli' && !['cli', 'main.ts'].includes(roomOf(from)));
  expect(wrong).toEqual([]);
});

test('the rules in the middle import nothing of the world', () => {
  const wrong = files
    .flatMap(importsOf)
    .filter(
      ({ from, to, typeOnly }) =>
        !typeOnly && worldly.test(to) && pure.some(({ where, except }) => where.test(from) && !except.includes(from)),
    );
  expect(wrong).toEqual([]);
});

test('the rules in the middle never read the clock', () => {
  const reading = /\bnew Date\(\)|\bDate\.now\(\)|\bperformance\.now\(\)/;
  const wrong = files
    .filter((file) => pure.some(({ where, except }) => where.test(file) && !except.includes(file)))
    .filter((file) => reading.test(readFileSync(join(root, file), 'utf8')));
  expect(wrong).toEqual([]);
});

/** What puts text in front of somebody. */
const shows = /^(report|metrics|web|monitor|status|service|cli)\//;

test('what shows text never takes the text that others wrote as it is', () => {
  const wrong = files.filter((file) => shows.test(file) && /\.raw\(\)/.test(readFileSync(join(root, file), 'utf8')));
  expect(wrong).toEqual([]);
});

test('only the room of text makes text safe, and what adds colour to it', () => {
  const adding = ['report/terminal.ts', 'cli/program.ts'];
  const wrong = files
    .filter((file) => roomOf(file) !== 'text' && !adding.includes(file))
    .filter((file) => /\bas (unknown as )?SafeText\b/.test(readFileSync(join(root, file), 'utf8')));
  expect(wrong).toEqual([]);
});

test('whoever loads the certificate library has loaded the polyfill that it needs', () => {
  const everything = ['src', 'test', 'bench', 'conformance', 'scripts'].flatMap((folder) =>
    sourcesIn(join(root, '..', folder)).map((file) => join(root, '..', folder, file)),
  );
  const library = /^import (?!type )[^;]*?'@peculiar\/x509'/m;
  const late = everything.filter((file) => {
    const text = readFileSync(file, 'utf8');
    const at = library.exec(text)?.index;
    return at !== undefined && !text.slice(0, at).includes("import 'reflect-metadata'");
  });
  expect(late).toEqual([]);
});

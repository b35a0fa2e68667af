/** Marks of files: what they tell apart, and that a disk which does not answer holds up nobody else for long. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startedModule } from '../../src/installation/index.ts';
import { FileLook } from '../../src/marks/look.ts';
import { markOf } from '../../src/marks/mark.ts';

let directory: string;
let look: FileLook;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-marks-'));
  look = new FileLook({ mostBytes: 100 });
});
afterEach(() => {
  look.stop();
  rmSync(directory, { recursive: true });
});

const file = (name: string, content: string, mode = 0o600) => {
  const path = join(directory, name);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
};
const markOfOne = async (path: string) => (await look.marks([path]))[0];

describe('a mark', () => {
  test('is that of the bytes and the mode, wherever they were read', async () => {
    const path = file('a', 'content', 0o640);
    expect(await markOfOne(path)).toBe(markOf(Buffer.from('content'), 0o640));
    expect(await markOfOne(path)).not.toBe(markOf(Buffer.from('Content'), 0o640));
    expect(await markOfOne(path)).not.toBe(markOf(Buffer.from('content'), 0o600));
  });

  test('is another after a swap of the same size and dates, also behind a link', async () => {
    const path = file('a', 'one');
    const link = join(directory, 'link');
    symlinkSync(path, link);
    const before = await look.marks([path, link]);
    expect(before[0]).toBe(before[1]);
    renameSync(file('b', 'two'), path);
    const after = await look.marks([path, link]);
    expect(after[0]).toBe(after[1]);
    expect(after[0]).not.toBe(before[0]);
  });

  test('does not reveal the content: it is another in another process', () => {
    const print = `import { markOf } from './src/marks/index.ts'; console.log(markOf(Buffer.from('secret'), 0o600));`;
    const run = () => execFileSync(process.execPath, ['--input-type=module', '--eval', print]).toString();
    expect(run()).not.toBe(run());
  });

  test('does not exist for what is not there, is no regular file, or is too large', async () => {
    const [folder, fifo] = [join(directory, 'folder'), join(directory, 'fifo')];
    mkdirSync(folder);
    execFileSync('mkfifo', [fifo]);
    const paths = [
      join(directory, 'none'),
      folder,
      fifo,
      file('large', 'x'.repeat(101)),
      file('fits', 'x'.repeat(100)),
    ];
    expect(await look.marks(paths)).toEqual([undefined, undefined, undefined, undefined, expect.any(String)]);
  });
});

describe('a file that is handed over', () => {
  test('comes with its bytes, its mode and its mark', async () => {
    const roomy = new FileLook({ mostBytes: 100_000 });
    try {
      const paths = [
        file('a', 'content', 0o640),
        join(directory, 'none'),
        file('empty', ''),
        file('long', 'x'.repeat(65_537)),
      ];
      const found = await roomy.files([...paths, paths[0] as string]);
      const content = { bytes: Buffer.from('content'), mode: 0o640, mark: markOf(Buffer.from('content'), 0o640) };
      const empty = { bytes: Buffer.from(''), mode: 0o600, mark: markOf(Buffer.from(''), 0o600) };
      expect(found).toEqual([content, undefined, empty, undefined, content]);
      expect(found.map((each) => each && Buffer.isBuffer(each.bytes))).toEqual([
        true,
        undefined,
        true,
        undefined,
        true,
      ]);
    } finally {
      roomy.stop();
    }
  });
});

test('a thread that cannot be started fails who asked, and nobody after that', async () => {
  let isShort = true;
  const thread = Object.defineProperty(new URL(startedModule('marks/thread')), 'href', {
    get: () => {
      if (isShort) throw Object.assign(new Error('no thread'), { code: 'EAGAIN' });
      return startedModule('marks/thread').href;
    },
  });
  const short = new FileLook({ mostBytes: 100, thread });
  const path = file('a', 'content');
  try {
    const asked = await Promise.allSettled([short.marks([path]), short.marks([path])]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isShort = false;
    expect(await short.marks([path])).toEqual([markOf(Buffer.from('content'), 0o600)]);
  } finally {
    short.stop();
  }
});

describe('a disk that does not answer', () => {
  /** Stands at any file whose name ends with `held`, as a thread does in a system call. */
  const thread = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort, workerData } from 'node:worker_threads';
      parentPort.on('message', ({ paths }) => parentPort.postMessage(paths.map((path, index) => {
        Atomics.store(workerData.at, 0, index);
        if (path.endsWith('held')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        return 'mark of ' + path;
      })));`)}`,
  );

  test('delays the others once, and they are looked at by another thread', async () => {
    // Its patience is that of the service: with less, a thread that waits for a processor stands at a file as well.
    const patient = new FileLook({ mostBytes: 100, thread });
    try {
      expect(await patient.marks(['/1/a', '/2/held', '/3/b', '/1/a'])).toEqual([
        'mark of /1/a',
        undefined,
        'mark of /3/b',
        'mark of /1/a',
      ]);
      // The disk answers: its thread can be ended.
      await expect.poll(() => patient.marks(['/2/e'])).toEqual(['mark of /2/e']);
      const later = await Promise.all([patient.marks(['/1/c']), patient.marks(['/4/d', '/2/e'])]);
      expect(later).toEqual([['mark of /1/c'], ['mark of /4/d', 'mark of /2/e']]);
    } finally {
      patient.stop();
    }
  });

  test('with many files on it: they are left out together', async () => {
    const patient = new FileLook({ mostBytes: 100, thread });
    try {
      const onIt = [...Array(20).keys()].map((each) => `/2/${each} held`);
      expect(await patient.marks(['/1/a', ...onIt, '/3/b'])).toEqual([
        'mark of /1/a',
        ...Array(20).fill(undefined),
        'mark of /3/b',
      ]);
    } finally {
      patient.stop();
    }
  });

  test('everywhere: nothing is looked at any more, and everybody gets an answer', async () => {
    const patient = new FileLook({ mostBytes: 100, patienceMs: 20, thread });
    try {
      const paths = [...Array(20).keys()].map((each) => `/${each}/held`);
      expect(await patient.marks(['/a', ...paths])).toEqual(Array(21).fill(undefined));
    } finally {
      patient.stop();
    }
  });

  test('does not keep what asked from stopping', async () => {
    const patient = new FileLook({ mostBytes: 100, patienceMs: 60_000, thread });
    const asked = patient.marks(['/1/held']);
    patient.stop();
    expect(await asked).toEqual([undefined]);
    expect(await patient.marks(['/a'])).toEqual([undefined]);
  });
});

/** What is done to a running service, and how it is put right again. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Dice } from '../../conformance/random/dice.ts';
import { flood, type Kind, kinds } from '../../test/support/web/flood.ts';
import type { Stage } from './stage.ts';

export interface Fault {
  readonly name: string;
  /** @returns what puts it right */
  begin(stage: Stage, dice: Dice): Promise<() => Promise<unknown>>;
}

const aside = (stage: Stage) => `${stage.estate.stateDir}-aside`;
const signal = (stage: Stage, name: NodeJS.Signals) => stage.service?.child.kill(name);

const moods = ['down', 'defers', 'refuses', 'cuts', 'silent'] as const;
const mailFaults: readonly Fault[] = moods.map((mood) => ({
  name: `mail server: ${mood}`,
  begin: async ({ mail }, dice) => {
    Object.assign(mail, { mood, cutAfter: 1 + dice.below(40) });
    return async () => {
      mail.mood = 'fine';
    };
  },
}));

export const faults: readonly Fault[] = [
  ...mailFaults,
  {
    name: 'state directory moved away',
    begin: async (stage) => {
      await rename(stage.estate.stateDir, aside(stage));
      return async () => {
        await rm(stage.estate.stateDir, { recursive: true, force: true });
        await rename(aside(stage), stage.estate.stateDir);
      };
    },
  },
  {
    name: 'state directory replaced by a copy',
    begin: async (stage) => {
      await rename(stage.estate.stateDir, aside(stage));
      await cp(aside(stage), stage.estate.stateDir, { recursive: true });
      return async () => {
        await rm(stage.estate.stateDir, { recursive: true, force: true });
        await rename(aside(stage), stage.estate.stateDir);
      };
    },
  },
  {
    name: 'state directory replaced by an empty one',
    begin: async (stage) => {
      await rename(stage.estate.stateDir, aside(stage));
      await mkdir(stage.estate.stateDir);
      return async () => {
        await rm(stage.estate.stateDir, { recursive: true, force: true });
        await rename(aside(stage), stage.estate.stateDir);
      };
    },
  },
  {
    name: 'clock set a year ahead',
    begin: async (stage) => {
      const { service } = stage;
      signal(stage, 'SIGUSR2');
      return async () => service === stage.service && signal(stage, 'SIGUSR2');
    },
  },
  {
    name: 'stopped and continued',
    begin: async (stage) => {
      stage.expectAnswers(false);
      signal(stage, 'SIGSTOP');
      return async () => {
        signal(stage, 'SIGCONT');
        stage.expectAnswers(true);
      };
    },
  },
  {
    name: 'hostile HTTP clients',
    begin: async (stage, dice) => {
      const kind = dice.pick(Object.keys(kinds)) as Kind;
      const clients = await flood(kind, stage.service?.port ?? 0, 300);
      return async () => clients.stop();
    },
  },
  {
    name: 'a client that never finishes',
    begin: async (stage) => {
      const socket: Socket = connect(stage.service?.port ?? 0, '127.0.0.1').on('error', () => {});
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nX: ');
      return async () => socket.destroy();
    },
  },
  {
    name: 'configuration that is none',
    begin: async ({ estate }, dice) => {
      const right = await readFile(estate.config);
      const wrong = ['', '[', '\0', 'environments: 1', '['.repeat(1_000_000), 'a: 1\n'.repeat(100_000)];
      await writeFile(estate.config, dice.pick(wrong));
      return () => writeFile(estate.config, right);
    },
  },
  {
    name: 'credential damaged',
    begin: async ({ estate, names }, dice) => {
      const files = estate.files[dice.pick(names)];
      const path = dice.pick([files?.certificate, files?.privateKey, files?.caBundle]) ?? '';
      const right = await readFile(path);
      await writeFile(path, right.subarray(0, dice.below(right.length)));
      return () => writeFile(path, right);
    },
  },
];

/** The state directory on a disk of its own. Needs the right to mount. */
export async function onSmallDisk({ estate }: Stage): Promise<() => void> {
  const saved = `${estate.stateDir}-saved`;
  await rename(estate.stateDir, saved);
  await mkdir(estate.stateDir);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', estate.stateDir], { stdio: 'pipe' });
  await cp(saved, estate.stateDir, { recursive: true });
  return () => execFileSync('umount', ['--lazy', estate.stateDir], { stdio: 'pipe' });
}

export const fullDisk: Fault = {
  name: 'full disk',
  begin: async ({ estate }) => {
    const filling = join(estate.stateDir, 'filling');
    // Until nothing more fits.
    await writeFile(filling, Buffer.alloc(1024 * 1024)).catch(() => undefined);
    return () => rm(filling, { force: true });
  },
};

/** Processor time, wall time and memory, of this process and of others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { bareEnv } from '../test/support/process.ts';

export interface Cost {
  readonly wallMs: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
}

export async function costOf(work: () => unknown): Promise<Cost> {
  const started = { wall: performance.now(), cpu: process.cpuUsage() };
  await work();
  const { user, system } = process.cpuUsage(started.cpu);
  return { wallMs: performance.now() - started.wall, cpuMs: (user + system) / 1000 };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** User and system time of a process so far, in steps of 10 ms (proc(5), fields 14 and 15). */
export function cpuMsOf({ pid }: Pick<ChildProcess, 'pid'>): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function residentMiBOf({ pid }: Pick<ChildProcess, 'pid'>): number {
  return memoryOf(pid, 'VmRSS');
}

const memoryOf = (pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Of a command, from start to exit. Its output is thrown away. @throws {Error} if it does not end with 0 or 1. */
export async function wallMsOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: 'ignore', env: { ...bareEnv, ...env } });
  const [code] = await once(child, 'exit');
  if (code !== 0 && code !== 1) throw new Error(`${command} ended with ${code}`);
  return performance.now() - started;
}

/** What a module that is run by itself reports about itself when it is done. */
export interface OwnCost extends Cost {
  readonly mostMiB: number;
}

/** Runs a piece of module text in a process of its own. Its cost does not include starting Node. */
export async function costOfModule(text: string, args: readonly string[]): Promise<OwnCost> {
  const body = `${text}
    const begun = performance.now(), cpu = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ wallMs: performance.now() - begun, cpuMs: (user + system) / 1000,
      mostMiB: process.resourceUsage().maxRSS / 1024 }));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', body, '--', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`a measurement ended with ${code}`);
  return JSON.parse(printed) as OwnCost;
}

/** Our own name server, and a way to run a program that uses it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '../tools.ts';

export interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'other';
}

/** An IPv4 address; `nothing`: the name has no address of that type; `unknown`: there is no such name; `silent`: no answer at all. */
export type Reply = string | 'nothing' | 'unknown' | 'silent';

export interface Resolver {
  readonly asked: Question[];
  /** Put this before a command, so that the command uses this name server and has these lines in its hosts file. */
  readonly prefix: (hosts?: string) => Promise<readonly string[]>;
  stop(): Promise<void>;
}

let said = false;

/** A separate mount namespace needs root; under CI it must be available. */
export function canHaveResolver(): boolean {
  if (process.platform === 'linux' && process.getuid?.() === 0 && needs('unshare')) return true;
  if (process.env.CI === 'true')
    throw new Error('tests with their own resolver need Linux and root, and CI needs them');
  if (!said) process.stderr.write('skipped: tests with their own resolver, which need Linux and root\n');
  said = true;
  return false;
}

/** `resolv.conf` cannot name a port, so the name server listens on port 53 of a loopback address that nothing else uses. */
export async function startResolver(reply: (question: Question) => Reply): Promise<Resolver> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-resolver-'));
  const asked: Question[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { address, port }) => {
    const question = questionIn(query);
    asked.push(question);
    const answer = answerTo(query, question, reply(question));
    if (answer) socket.send(answer, port, address);
  });
  const server = `127.${randomByte()}.${randomByte()}.53`;
  socket.bind(53, server);
  await once(socket, 'listening');
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  return {
    asked,
    async prefix(hosts = '127.0.0.1 localhost') {
      const mounts = [
        [await file('resolv.conf', `nameserver ${server}\n`), '/etc/resolv.conf'],
        [await file('hosts', `${hosts}\n`), '/etc/hosts'],
        [await file('nsswitch.conf', 'hosts: files dns\n'), '/etc/nsswitch.conf'],
      ];
      const script = mounts.map(([from, to]) => `mount --bind ${from} ${to}`).join(' && ');
      return ['unshare', '-m', 'sh', '-c', `${script} && exec "$@"`, 'sh'];
    },
    async stop() {
      socket.close();
      await rm(folder, { recursive: true });
    },
  };
}

const randomByte = () => 1 + Math.floor(Math.random() * 250);

/** RFC 1035 §4.1.2; the name follows the header of twelve octets. */
function questionIn(query: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  return { name: labels.join('.').toLowerCase(), type: type === 1 ? 'A' : type === 28 ? 'AAAA' : 'other' };
}

/** RFC 1035 §4.1.1: the question again, and at most one address. */
function answerTo(query: Buffer, { type }: Question, reply: Reply): Buffer | undefined {
  if (reply === 'silent') return undefined;
  const address = reply === 'nothing' || reply === 'unknown' || type !== 'A' ? undefined : reply;
  const end = query.indexOf(0, 12) + 5;
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(reply === 'unknown' ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(address ? 1 : 0, 6);
  header.fill(0, 8);
  const record = address
    ? Buffer.concat([
        Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]),
        Buffer.from(address.split('.').map(Number)),
      ])
    : Buffer.alloc(0);
  return Buffer.concat([header, query.subarray(12, end), record]);
}

import { type ChildProcess, fork } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { MonitorError } from '../../errors/index.ts';
import { startedModule } from '../../installation/index.ts';

export interface LookupRequest {
  readonly id: number;
  readonly host: string;
  readonly family: Family;
}
export type Family = 4 | 6;
export type LookupReply =
  | { readonly id: number; readonly addresses: LookupAddress[] }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } };

type Waiting = { resolve: (addresses: LookupAddress[]) => void; reject: (error: Error) => void };

// libuv lets half of a process's threads wait for resolvers. A waiting thread costs a stack and no time.
const threads = 128;
const requestsAtOnce = threads / 2;

/** What getaddrinfo and the loader of its modules read. The rest of our environment, including secrets, is none of the helper's business. */
const variables = /^(LOCALDOMAIN|RES_OPTIONS|HOSTALIASES|NSS_.*|LD_.*|SystemRoot|PATH)$/i;

/** The lookup process could not be started, or ended. That says nothing about the name. */
export class LookupHelperError extends MonitorError {
  override readonly code = 'ERR_LOOKUP_HELPER';
}

/**
 * One process for lookups (35 ms to start, then a quarter of a millisecond per request). It never keeps this process alive, and ends
 * with it.
 */
export class LookupHelper {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #gone = false;

  constructor() {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => variables.test(name)));
    this.#process = fork(startedModule('mesh/network/lookup-process'), {
      env: { ...env, UV_THREADPOOL_SIZE: String(threads) },
      execArgv: [],
      // A reader of our output must not have to wait for a helper that also holds it open.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#process.on('message', (reply: LookupReply) => this.#answered(reply));
    this.#process.once('error', (error) => this.#end(new LookupHelperError(error.message)));
    this.#process.once('exit', () => this.#end(new LookupHelperError('it ended')));
    this.#process.unref();
    this.#process.channel?.unref();
  }

  /** Whether it can take another request without delay. */
  get free(): boolean {
    return !this.#gone && this.#waiting.size < requestsAtOnce;
  }

  /** @throws {LookupHelperError} or what getaddrinfo says, with its code. */
  ask(host: string, family: Family): Promise<LookupAddress[]> {
    // This is known at once. The event that says why comes later.
    if (!this.#process.connected) return Promise.reject(new LookupHelperError('it could not be started'));
    this.#last += 1;
    const request: LookupRequest = { id: this.#last, host, family };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#process.send(request, (error) => {
        if (error) this.#end(new LookupHelperError(error.message));
      });
    });
  }

  /** For when nothing is waiting for its answers any more. */
  kill(): void {
    this.#process.kill('SIGKILL');
    this.#end(new Error('nothing was waiting for this lookup any more'));
  }

  #answered(reply: LookupReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('addresses' in reply) waiting?.resolve(reply.addresses);
    else waiting?.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
  }

  #end(error: Error): void {
    this.#gone = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

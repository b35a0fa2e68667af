/**
 * Asks `/health/live` ten times a second from a thread of its own. Beside it a server that does nothing at all is asked: where that one is slow,
 * the machine is, and the service is not blamed.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Program, start, stop } from '../test/support/process.ts';

export interface Answers {
  readonly count: number;
  readonly slowestMs: number;
  /** While the service was up and nobody had stopped it. */
  readonly failed: number;
  /** Not counted, because the machine itself was slow. */
  readonly starved: number;
}

type Message = { readonly slowMs?: number; readonly failed?: string; readonly answers?: Answers };

export const mostAnswerMs = 250;

const idleServer = `
import { createServer } from 'node:http';
const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

export class Liveness {
  readonly #worker: Worker;
  readonly #idle: Program;
  #doing = '';

  private constructor(idle: Program, port: string) {
    this.#idle = idle;
    this.#worker = new Worker(join(import.meta.dirname, 'asking.ts'), {
      workerData: { idleUrl: `http://127.0.0.1:${port}`, mostMs: mostAnswerMs },
    });
    this.#worker.on('message', ({ failed, slowMs }: Message) => {
      if (failed) console.error(`/health/live gave no answer (${failed}): ${this.#doing}`);
      if (slowMs) console.error(`/health/live took ${Math.round(slowMs)} ms: ${this.#doing}`);
    });
  }

  static async begin(): Promise<Liveness> {
    const idle = start(process.execPath, ['--input-type=module', '-e', idleServer]);
    const [port] = (await once(idle.child.stdout!, 'data')) as [Buffer];
    return new Liveness(idle, port.toString().trim());
  }

  /** @param url - of the service that is up; undefined: it is not, and need not answer. */
  ask(url: string | undefined): void {
    this.#worker.postMessage({ url });
  }

  /** What is being done to the service, for the message about a slow answer. */
  during(doing: string): void {
    this.#doing = doing;
  }

  report(): Promise<Answers> {
    return new Promise((resolve) => {
      this.#worker.on('message', ({ answers }: Message) => answers && resolve(answers));
      this.#worker.postMessage('report');
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
    await stop(this.#idle.child, 'SIGKILL');
  }
}

/** OpenSSL's verdict on a certificate and a bundle. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OpensslVerdict {
  readonly accepted: boolean;
  /** `error 20 …` if it refused; its output if it could not even read the input. */
  readonly reason?: string;
}

export interface Question {
  /** PEM. */
  readonly certificate: string;
  readonly bundle: string;
  readonly at: Date;
  /** Ignore validity. */
  readonly atAnyTime?: true;
  /** Default: `sslclient`. `any` if the certificates are for something else. */
  readonly purpose?: 'sslclient' | 'any';
}

/**
 * Like a TLS server whose trust store is the bundle: all its certificates are trusted, there is no other store, and keys and signatures are judged at security
 * level 2. Certificate policies are checked as well, which RFC 5280 requires and TLS does not.
 */
const usual = ['-no-CApath', '-no-CAstore', '-auth_level', '2', '-policy', '2.5.29.32.0'];
const timeoutMs = 20_000;

export class Openssl {
  readonly #folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  #number = 0;

  async ask({ certificate, bundle, at, atAnyTime, purpose = 'sslclient' }: Question): Promise<OpensslVerdict> {
    this.#number += 1;
    const [leaf, roots] = [join(this.#folder, `${this.#number}.pem`), join(this.#folder, `${this.#number}-bundle.pem`)];
    writeFileSync(leaf, certificate);
    writeFileSync(roots, bundle);
    const time = atAnyTime ? ['-no_check_time'] : ['-attime', String(Math.floor(at.getTime() / 1000))];
    try {
      return await run(['verify', ...usual, '-purpose', purpose, ...time, '-CAfile', roots, leaf]);
    } finally {
      rmSync(leaf);
      rmSync(roots);
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function run(words: readonly string[]): Promise<OpensslVerdict> {
  return new Promise((resolve, reject) => {
    execFile('openssl', words, { timeout: timeoutMs }, (error, stdout, stderr) => {
      if (!error) return resolve({ accepted: true });
      // It ran and refused; any other outcome says nothing about the certificate.
      if (typeof error.code !== 'number') return reject(error);
      const said = `${stderr}${stdout}`;
      const reason = /error \d+ at \d+ depth lookup: ?(.*)/.exec(said)?.[0] ?? said.trim().split('\n')[0] ?? '';
      return resolve({ accepted: false, reason });
    });
  });
}

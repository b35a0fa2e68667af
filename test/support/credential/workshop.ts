/** A temporary folder with what openssl and keytool write, and sources that point into it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CredentialInputs, ReadOptions } from '../../../src/credential/read.ts';
import { readCredential } from '../../../src/credential/read.ts';
import type { NhsLikePki } from '../pki.ts';
import { file, inline } from '../sources.ts';

export interface Workshop {
  readonly directory: string;
  path(name: string): string;
  /** Mode 0600. Returns the path. */
  write(name: string, content: string | Uint8Array): string;
  /** Writes client.pem, key.pem (encrypted) and ca.pem. */
  deploy(pki: NhsLikePki, passphrase: string): void;
  openssl(...arguments_: string[]): void;
  keytool(...arguments_: string[]): void;
  inLocale(locale: string, tool: string, ...arguments_: string[]): void;
  remove(): void;
}

/** Where `deploy` put everything. */
export const deployedIn = ({ path }: Workshop, passphrase: string) => ({
  certificate: file(path('client.pem')),
  privateKey: file(path('key.pem')),
  passphrase: inline(passphrase),
  caBundle: file(path('ca.pem')),
});

export function workshop(): Workshop {
  const directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-credential-'));
  const path = (name: string) => join(directory, name);
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(path(name), content, { mode: 0o600 });
    return path(name);
  };
  const inLocale = (locale: string, tool: string, ...arguments_: string[]) => {
    execFileSync(tool, arguments_, { cwd: directory, stdio: 'pipe', env: { ...process.env, LC_ALL: locale } });
  };
  return {
    directory,
    path,
    write,
    deploy(pki, passphrase) {
      write('client.pem', pki.client.pem);
      write('key.pem', pki.client.encryptedKeyPem(passphrase));
      write('ca.pem', pki.bundlePem);
    },
    openssl: (...arguments_) => inLocale('C.UTF-8', 'openssl', ...arguments_),
    // Half the time of each start: no second compiler and no parallel collector for a process of a moment.
    keytool: (...arguments_) =>
      inLocale('C.UTF-8', 'keytool', '-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', ...arguments_),
    inLocale,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export const noPause: ReadOptions = { pause: async () => {} };

/** Reads without waiting for the second half of a swap. */
export const read = (inputs: CredentialInputs, env: Record<string, string> = {}) =>
  readCredential(inputs, env, noPause);

export const codes = (credential: { readonly problems: readonly { readonly code: string }[] }): string[] =>
  credential.problems.map(({ code }) => code);

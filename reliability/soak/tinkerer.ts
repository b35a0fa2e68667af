/** Somebody who keeps damaging one credential and putting another right. */
import { readFile, writeFile } from 'node:fs/promises';
import type { PkiFiles } from '../../test/support/pki.ts';

export class Tinkerer {
  readonly #files: readonly PkiFiles[];
  readonly #whole = new Map<string, Buffer>();
  turns = 0;

  constructor(files: readonly PkiFiles[]) {
    this.#files = files;
  }

  /** Cuts a file short, or writes the one before it again. */
  async turn(): Promise<void> {
    for (const [path, content] of this.#whole) {
      await writeFile(path, content);
      this.#whole.delete(path);
    }
    const files = this.#files[this.turns % this.#files.length];
    const path = [files?.certificate, files?.privateKey, files?.caBundle][this.turns % 3];
    this.turns += 1;
    if (path === undefined) return;
    const content = await readFile(path);
    this.#whole.set(path, content);
    await writeFile(path, content.subarray(0, content.length / 2));
  }
}

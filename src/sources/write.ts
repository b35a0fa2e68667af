/** Writing to stores. Loaded by whoever writes to one. */
import { joined, type SafeText, say } from '../text/index.ts';
import { awsSecretWriter } from './aws/secrets-manager-write.ts';
import { awsSsmWriter } from './aws/ssm-write.ts';
import { azureCertificateWriter } from './azure/certificate-write.ts';
import { azureSecretWriter } from './azure/key-vault-write.ts';
import { kubernetesSecretWriter } from './kubernetes/secret-write.ts';
import { StoreUnavailableError } from './store/driver.ts';
import { storeLabel } from './store/labels.ts';
import { problemText } from './store/problem-text.ts';
import {
  type Committed,
  NotWritableError,
  type PreparedItem,
  type Put,
  type StoreWriter,
  WriteRefusedError,
} from './store/writer.ts';
import { placeOf } from './stores.ts';
import type { StoreSource } from './types.ts';
import type { Variables } from './variables.ts';
import { vaultWriter } from './vault/kv-write.ts';

const writers: { readonly [Kind in StoreSource['kind']]: StoreWriter<Kind> } = {
  aws_ssm: awsSsmWriter,
  aws_secret: awsSecretWriter,
  azure_secret: azureSecretWriter,
  azure_certificate: azureCertificateWriter,
  vault: vaultWriter,
  kubernetes_secret: kubernetesSecretWriter,
};

/** Something new in a store. */
export interface WrittenPlace extends Omit<Committed, 'back'> {
  /** How messages name it. */
  readonly place: SafeText;
}

/** Everything is ready to be written, and nobody reads it yet. */
export interface PreparedWrite {
  /**
   * All of it or nothing, as far as the stores allow: what was written before something failed is put back.
   * @throws {WriteRefusedError}
   */
  commit(): Promise<{ readonly written: readonly WrittenPlace[]; readonly back: readonly SafeText[] }>;
  /** Puts everything back. @returns the places where that failed, each with the reason */
  undo(): Promise<SafeText[]>;
}

interface Item {
  readonly labels: readonly SafeText[];
  readonly prepared: PreparedItem;
}

/** @throws {WriteRefusedError} with the permission that is missing, if that is why. */
export async function prepareWrite(puts: readonly Put[], env: Variables): Promise<PreparedWrite> {
  const items: Item[] = [];
  for (const group of byItem(puts, env)) {
    const labels = group.map(({ source }) => storeLabel(source));
    try {
      items.push({ labels, prepared: await prepareItem(group, env) });
    } catch (error) {
      throw refused(labels, error, await undoAll(items));
    }
  }
  return { commit: () => commitAll(items), undo: () => undoAll(items) };
}

/** What is in the same item becomes one new version of it. */
function byItem(puts: readonly Put[], env: Variables): [Put, ...Put[]][] {
  const placed = puts.map((put) => ({ put, ...placeOf(put.source, env) }));
  return [...Map.groupBy(placed, ({ store }) => store).values()].flatMap((inStore) =>
    [...Map.groupBy(inStore, ({ name }) => name).values()].map((item) => item.map(({ put }) => put) as [Put, ...Put[]]),
  );
}

function prepareItem(group: [Put, ...Put[]], env: Variables): Promise<PreparedItem> {
  const { kind } = group[0].source;
  // A writer takes the sources of its own kind, which the compiler cannot follow through the table.
  const writer = writers[kind] as StoreWriter<StoreSource['kind']>;
  return writer.prepare(group, env);
}

async function commitAll(items: readonly Item[]) {
  const written: WrittenPlace[] = [];
  const back: SafeText[] = [];
  for (const { labels, prepared } of items) {
    try {
      const { back: command, ...committed } = await prepared.commit();
      written.push(...labels.map((place) => ({ place, ...committed })));
      if (command !== undefined) back.push(command);
    } catch (error) {
      // It may have been written although the answer did not arrive, and what comes after it is prepared.
      throw refused(labels, error, await undoAll(items));
    }
  }
  return { written, back };
}

/** The last one first. @returns why not, where it failed */
async function undoAll(items: readonly Item[]): Promise<SafeText[]> {
  const failed: SafeText[] = [];
  for (const { labels, prepared } of items.toReversed()) {
    try {
      await prepared.undo();
    } catch (error) {
      failed.push(say`${joined(labels.slice(0, 1))} ${reasonOf(error)}`);
    }
  }
  return failed;
}

function refused(labels: readonly SafeText[], error: unknown, remains: readonly SafeText[]): WriteRefusedError {
  const reason = say`${joined(labels.slice(0, 1))} ${reasonOf(error)}`;
  const left = remains.map((each) => say`. It could not be put back: ${each}`);
  return new WriteRefusedError(joined([reason, ...left]));
}

/** Continues a sentence that begins with the place. @throws what is a bug */
function reasonOf(error: unknown): string {
  if (error instanceof NotWritableError) return error.message;
  if (!(error instanceof StoreUnavailableError)) throw error;
  const { problem } = error;
  const remedy = problem.remedy === undefined ? '' : `; ${problem.remedy}`;
  return `could not be written: ${problemText(problem)}${remedy}`;
}

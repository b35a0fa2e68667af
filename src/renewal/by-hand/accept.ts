/** `accept`: checks the certificate that came back against the record of renewals. */
import { type AcceptInput, type AcceptResult, acceptIssued } from '../issued/accept.ts';
import { databaseExists, openStore, StoreError } from '../store/store.ts';

/**
 * @throws {StoreError} when there is no record, or it cannot be read or written; nothing is installed then.
 * @throws {Error} of the file system when the files cannot be written; nothing is recorded then.
 */
export async function acceptByHand(input: AcceptInput): Promise<AcceptResult> {
  const { stateDir } = input;
  if (!databaseExists(stateDir)) throw new StoreError(`${stateDir}: no renewal has ever been recorded here`);
  const store = openStore(stateDir, { exclusive: false });
  try {
    return await acceptIssued(store, input);
  } finally {
    store.close();
  }
}

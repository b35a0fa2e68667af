/** The private key that the certificate must belong to. */
import { join } from 'node:path';
import type { ResolvedEnvironment, Variables } from '../../config/index.ts';
import { type DeployedCredential, type PrivateKeyHandle, readCredential } from '../../credential/index.ts';
import { shellWord } from '../../text/index.ts';
import { shortLondonDay } from '../../time/index.ts';
import { heldKey } from '../request/pending-key.ts';
import type { RenewalRecord } from '../types.ts';

interface Given {
  readonly environment: ResolvedEnvironment;
  readonly record: RenewalRecord;
  readonly stateDir: string;
  readonly env: Variables;
}

type KeyOfRequest = { readonly handle: PrivateKeyHandle } | { readonly refused: string };

export async function keyOfRequest(
  { environment, record, stateDir, env }: Given,
  deployed: DeployedCredential | undefined,
): Promise<KeyOfRequest> {
  if (record.keyPlace !== undefined) {
    const held = await heldKey(record, environment, env);
    if (held.kind === 'held') return held;
    const more = held.passphraseWrong ? ` ${earlierPassphrase(record)} Set ${toEarlier}.` : '';
    return { refused: `the private key of the pending request cannot be used: ${held.why}${more}` };
  }
  if (record.keyFile === undefined) {
    if (deployed?.privateKey) return { handle: deployed.privateKey };
    return { refused: 'the request was made with the deployed private key, which cannot be read now' };
  }
  const path = join(stateDir, record.keyFile);
  const passphrase = environment.renewal.passphrase ?? environment.credential?.passphrase;
  const { privateKey, problems } = await readCredential(
    { privateKey: { kind: 'file', path }, ...(passphrase ? { passphrase } : {}) },
    env,
  );
  if (privateKey) return { handle: privateKey };
  const why = problems.map(({ message }) => message).join(' ');
  const more = problems.some(({ code }) => code === 'passphrase_wrong')
    ? ` ${earlierPassphrase(record)} Encrypt it again, which asks for that one and then for the present one: ${encryptAgain(path)}. Or set ${toEarlier}.`
    : '';
  return { refused: `the private key of the pending request cannot be used (${path}): ${why}${more}` };
}

/** The key is encrypted once, when the request is made. */
function earlierPassphrase({ requestedAt }: RenewalRecord): string {
  const when = requestedAt ? ` of ${shortLondonDay(requestedAt)}` : '';
  return `It is encrypted with the passphrase that was configured when the request${when} was made.`;
}

const toEarlier = '`renewal.passphrase` to the earlier one, which the application then needs too';

/** Keeps the owner and mode of the file. */
function encryptAgain(path: string): string {
  const [key, next] = [shellWord(path), shellWord(`${path}.enc`)];
  return `\`openssl pkey -aes256 -in ${key} -out ${next} && cat ${next} > ${key} && rm ${next}\``;
}

/** Whether something contains a private key, whatever it is wrapped in: for what refuses keys. */
import { formOf } from './form.ts';
import { partsOfMail } from './mail.ts';
import { kindOfDer } from './other-formats.ts';

/** As text shows it, also where a word processor has changed the hyphens. PuTTY and OpenSSH have formats of their own. */
const inText = /BEGIN\s[A-Z0-9\s]{0,64}PRIVATE\s{1,8}KEY|PuTTY-User-Key-File/i;
/** A message inside a message inside a message; no real message is nested deeper. */
const deepestMail = 3;

export type KeyFound = 'private key' | 'keystore';

/**
 * By its form alone: nothing is decrypted, and an archive is not unpacked.
 * @returns `keystore` for PKCS#12 and Java keystores, which are made to hold one. Undefined if there is none to be seen.
 */
export async function privateKeyIn(bytes: Buffer, depth = 0): Promise<KeyFound | undefined> {
  // Text in UTF-16 has a zero beside each of these letters.
  if (inText.test(bytes.toString('latin1').replaceAll('\0', ''))) return 'private key';
  const form = formOf(bytes);
  switch (form.kind) {
    case 'jks':
      return 'keystore';
    case 'der':
      return inDer(form.bytes);
    case 'pem':
      if (inText.test(form.text)) return 'private key';
      return form.blocks.map((block) => block.bytes && inDer(block.bytes)).find((found) => found !== undefined);
    case 'mail':
      return depth < deepestMail ? inMail(form.bytes, depth) : undefined;
    default:
      return form.reason.includes('JCEKS') ? 'keystore' : undefined;
  }
}

function inDer(bytes: Uint8Array): KeyFound | undefined {
  const kind = kindOfDer(bytes);
  if (kind === 'pkcs12') return 'keystore';
  return kind === 'private_key' || kind === 'encrypted_key' ? 'private key' : undefined;
}

async function inMail(bytes: Uint8Array, depth: number) {
  for (const part of await partsOfMail(bytes)) {
    const found = await privateKeyIn(part, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** Whether clients read a file is decided without OpenSSL where it is written as OpenSSL writes it. It would say the same. */
import { beforeAll, expect, test } from 'vitest';
import { isCertificateLabel, readCertificates } from '../../src/credential/certificates.ts';
import { certificatesForClients, keyForClients, notForClients } from '../../src/credential/for-clients.ts';
import { formOf } from '../../src/credential/form/form.ts';
import { isAsOpenSslWrites, whyClientsCannotRead } from '../../src/credential/form/framing.ts';
import { isKeyLabel, PrivateKeyError, readPrivateKey } from '../../src/credential/private-key.ts';
import type { PartContent } from '../../src/credential/snapshot.ts';
import { Secret } from '../../src/sources/secret.ts';
import { readPem, toPem } from '../../src/x509/pem.ts';
import { type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { random } from '../support/random.ts';

const passphrase = new Secret('correct horse');
let pki: NhsLikePki;
beforeAll(async () => {
  pki = await nhsLikePki();
});

const content = (text: string): PartContent & { bytes: Buffer } => ({
  place: 'client.pem',
  kind: 'file',
  bytes: Buffer.from(text, 'latin1'),
});
const isWritten = (text: string) => {
  const form = formOf(content(text).bytes);
  return form.kind === 'pem' && isAsOpenSslWrites(content(text).bytes, form.blocks);
};

test('what OpenSSL writes is recognised, and nothing else', () => {
  const { pem } = pki.client;
  for (const text of [pem, pem + pki.bundlePem, pki.client.encryptedKeyPem('x')]) expect(isWritten(text)).toBe(true);
  const others = [
    pem.trimEnd(),
    `${pem}\n`,
    `\n${pem}`,
    ` ${pem}`,
    `\ufeff${pem}`,
    pem.replaceAll('\n', '\r\n'),
    pem.replace(/(\n.{63})(.)\n/, '$1\n$2'),
    pem.replace('CERTIFICATE-----\n', 'CERTIFICATE-----\nComment: a\n\n'),
    pem.replace('-----END', '\n-----END'),
    pem.replace('END CERTIFICATE', 'END X509 CRL'),
    '',
  ];
  for (const text of others) expect(isWritten(text), JSON.stringify(text.slice(0, 80))).toBe(false);
});

/** One or two changes as accidents make them, or another octet in what a block contains. */
function damaged(text: string, next: () => number): string {
  const below = (most: number) => Math.floor(next() * most);
  let result = text;
  for (let changes = 1 + below(2); changes > 0; changes -= 1) {
    const at = below(result.length);
    const [before, after] = [result.slice(0, at), result.slice(at)];
    const ways = [
      () => before + after.slice(1),
      () => before + ['\n', '\r', ' ', '-', '=', 'A', ':', '\0', '\xa0'][below(9)] + after,
      () => before + String.fromCharCode(below(256)) + after.slice(1),
      () => before + after.replace('\n', ['', '\r\n', '\n\n', ' \n'][below(4)] ?? ''),
      () => before + after.replace('-----', '----'),
      () => result + result.slice(at, at + 200),
      () => result.trimEnd(),
      () => withAnotherOctet(result, below),
      () => withAnotherOctet(result, below),
    ];
    result = ways[below(ways.length)]?.() ?? result;
  }
  return result;
}

function withAnotherOctet(text: string, below: (most: number) => number): string {
  const blocks = readPem(text);
  const { label, bytes, from, to } = blocks[below(blocks.length)] ?? {};
  if (label === undefined || !bytes || to === undefined) return text;
  const changed = Buffer.from(bytes);
  changed[below(2) ? below(16) : below(changed.length)] = below(256);
  return text.slice(0, from) + toPem(changed, label).trimEnd() + text.slice(to);
}

const accidents = Number(process.env.HISTORY_STEPS ?? 600);

test('of damaged certificates the same is said as by OpenSSL', async () => {
  const next = random(14);
  const said = { unasked: 0, asked: 0 };
  for (let turn = 0; turn < accidents; turn += 1) {
    const whole = turn % 3 === 0 ? pki.client.pem + pki.bundlePem : pki.client.pem;
    const part = content(turn === 0 ? whole : damaged(whole, next));
    const form = formOf(part.bytes);
    const { entries } = await readCertificates(part.bytes);
    if (!entries[0]) continue;
    const why = whyClientsCannotRead(part.bytes, form, isCertificateLabel);
    expect(certificatesForClients(part, form, entries), part.bytes.toString('latin1')).toEqual(
      notForClients(part, why),
    );
    said[isWritten(part.bytes.toString('latin1')) ? 'unasked' : 'asked'] += 1;
  }
  expect(Math.min(said.unasked, said.asked)).toBeGreaterThan(accidents / 20);
});

test('of damaged keys the same is said as by OpenSSL', async () => {
  const next = random(15);
  const [encrypted, plain] = [pki.client.encryptedKeyPem(passphrase.reveal()), pki.client.keyPem];
  const said = { unasked: 0, asked: 0 };
  for (let turn = 0; turn < accidents; turn += 1) {
    const whole = [encrypted, plain, encrypted + plain, pki.client.pem + encrypted][turn % 4] ?? '';
    const part = content(turn < 4 ? whole : damaged(whole, next));
    const form = formOf(part.bytes);
    const isRead = await readPrivateKey(part.bytes, passphrase, 'later').catch((error: unknown) => error);
    if (isRead instanceof PrivateKeyError) continue;
    const why = whyClientsCannotRead(part.bytes, form, isKeyLabel);
    expect(keyForClients(part, form), part.bytes.toString('latin1')).toEqual(notForClients(part, why));
    said[isWritten(part.bytes.toString('latin1')) ? 'unasked' : 'asked'] += 1;
  }
  expect(Math.min(said.unasked, said.asked)).toBeGreaterThan(accidents / 40);
});

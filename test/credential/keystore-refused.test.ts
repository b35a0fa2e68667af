import { expect, test } from 'vitest';
import { readKeystore } from '../../src/credential/keystore/keystore.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { Secret } from '../../src/sources/secret.ts';

const passphrase = new Secret('correct horse');

test.each([
  ['nothing', ''],
  ['text', 'not a keystore at all'],
  ['PEM', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'],
  ['some other DER', sequence(tlv(2, Buffer.from([1])))],
  ['a JKS of version 3', Buffer.concat([Buffer.from('feedfeed0000000300000000', 'hex'), Buffer.alloc(20)])],
])('%s is no keystore', async (_, content) => {
  const { problems } = await readKeystore(Buffer.from(content), passphrase);
  expect(problems.map(({ code }) => code)).toEqual(['keystore_malformed']);
});

test('a JKS that claims four billion entries is over a limit', async () => {
  const content = Buffer.concat([Buffer.from('feedfeed00000002ffffffff', 'hex'), Buffer.alloc(20)]);
  expect((await readKeystore(content, passphrase)).problems).toEqual([
    { code: 'input_over_limit', message: 'it claims to have 4,294,967,295 entries, more than the limit of 1024' },
  ]);
});

test('a keystore of more safes than any tool writes is refused before one is opened', async () => {
  const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
  const data = oid('2a864886f70d010701');
  const keystore = (count: number) => {
    const safes = Array<Buffer>(count).fill(sequence(data, tlv(0xa0, tlv(0x04, sequence()))));
    return sequence(tlv(0x02, Buffer.from([3])), sequence(data, tlv(0xa0, tlv(0x04, sequence(...safes)))));
  };
  const reasons = async (count: number) => (await readKeystore(keystore(count), undefined)).problems[0]?.message;
  expect(await reasons(8)).toBe('it does not contain a private key');
  expect(await reasons(9)).toBe('it has 9 safes, more than the limit of 8');
});

test('while a MAC of 200,000 rounds is computed, others have their turn', async () => {
  const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
  const rounds = tlv(0x02, Buffer.from('030d40', 'hex'));
  const mac = sequence(
    sequence(sequence(oid('2b0e03021a')), tlv(0x04, Buffer.alloc(20))),
    tlv(0x04, Buffer.alloc(8)),
    rounds,
  );
  const content = sequence(oid('2a864886f70d010701'), tlv(0xa0, tlv(0x04, sequence())));
  let turns = 0;
  const others = setInterval(() => turns++, 1);
  const { problems } = await readKeystore(sequence(tlv(0x02, Buffer.from([3])), content, mac), passphrase);
  clearInterval(others);
  expect(problems).toMatchObject([{ code: 'passphrase_wrong' }]);
  expect(turns).toBeGreaterThan(5);
});

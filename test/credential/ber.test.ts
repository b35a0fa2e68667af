import { expect, test } from 'vitest';
import { toDer } from '../../src/credential/decryption/ber.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { DerError } from '../../src/x509/der.ts';
import { certificate } from '../support/pki.ts';
import { random } from '../support/random.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test('DER comes out as it went in', async () => {
  const { der } = await certificate({});
  expect(toDer(der, 'it')).toEqual(der);
});

test.each([
  ['an indefinite length', '30 80 02 01 05 00 00', '30 03 02 01 05'],
  ['one inside another', '30 80 30 80 02 01 05 00 00 00 00', '30 05 30 03 02 01 05'],
  ['a length with octets to spare', '30 83 00 00 03 02 01 05', '30 03 02 01 05'],
  ['a string in pieces', '24 80 04 02 aa bb 04 01 cc 00 00', '04 03 aa bb cc'],
  ['pieces of pieces', '24 07 24 03 04 01 aa 04 00', '04 01 aa'],
])('%s becomes DER (X.690 §8.1.3, §8.7.3)', (_, ber, der) => {
  expect(toDer(bytes(ber), 'it')).toEqual(bytes(der));
});

test.each([
  ['octets after it', '02 01 05 00', 'there are extra octets after it'],
  ['an indefinite length without an end', '30 80 02 01 05', 'it is cut short'],
  ['an indefinite length of a primitive', '02 80 05 00 00', 'where X.690 does not allow one'],
  ['a length beyond the end', '30 05 02 01', 'it is cut short'],
  ['a string in pieces of something else', '24 03 02 01 05', 'contains something else'],
  ['a hundred levels', '3080'.repeat(100), 'nested too deeply'],
])('refuses %s', (_, ber, reason) => {
  expect(() => toDer(bytes(ber), 'it')).toThrow(DerError);
  expect(() => toDer(bytes(ber), 'it')).toThrow(reason);
});

test('long content keeps its length', () => {
  const content = tlv(0x04, Buffer.alloc(70_000, 1));
  const indefinite = Buffer.concat([bytes('3080'), content, bytes('0000')]);
  expect(toDer(indefinite, 'it')).toEqual(sequence(content));
});

/** The conversion does not look at DER any closer than it has to. Inside an indefinite length it does. */
test('what is recognised as DER is what the conversion leaves as it is', async () => {
  const next = random(18);
  const below = (most: number) => Math.floor(next() * most);
  const { der } = await certificate({});
  const converted = (octets: Uint8Array) => {
    try {
      return toDer(octets, 'it').toString('hex');
    } catch (error) {
      if (error instanceof DerError) return error.message;
      throw error;
    }
  };
  const counts = { same: 0, other: 0 };
  for (let turn = 0; turn < 3_000; turn += 1) {
    const changed = Buffer.from(der);
    for (let changes = below(3); changes > 0; changes -= 1) changed[below(turn % 2 ? 700 : 60)] = below(256);
    const octets = turn % 5 === 0 ? changed.subarray(0, below(changed.length)) : changed;
    // As a value of its own: what follows the first one is another matter.
    const slowly = converted(Buffer.concat([bytes('3080'), octets, bytes('0000')]));
    const quickly = converted(octets);
    if (quickly !== octets.toString('hex')) counts.other += 1;
    else {
      expect(slowly).toBe(sequence(octets).toString('hex'));
      counts.same += 1;
    }
  }
  expect(Math.min(counts.same, counts.other)).toBeGreaterThan(300);
});

import { expect, test } from 'vitest';
import { judgeOrder } from '../../src/verify/order.ts';
import { parsed } from '../support/credential/deployed.ts';
import { ca, copies, keysFor, leaf, type Made } from '../support/pki.ts';

const root = await ca({ cn: 'Root' });
const one = await ca({ cn: 'One', issuer: root });
const two = await ca({ cn: 'Two', issuer: one });
const oldRoot = await ca({ cn: 'Old root' });
const oldSub = await ca({ cn: 'Old sub', issuer: oldRoot });
const client = await leaf({ issuer: two });

const judge = (bundle: readonly Made[], wanted: 'root-first' | 'leaf-first' = 'root-first') =>
  judgeOrder(bundle.map(parsed), wanted, parsed(client));
const message = (bundle: readonly Made[], wanted?: 'root-first' | 'leaf-first') =>
  judge(bundle, wanted).findings.map((each) => each.message);

test.each([
  ['one certificate', [root], 'single'],
  ['none', [], 'single'],
  ['two roots that have nothing to do with each other', [oldRoot, root], 'single'],
  ['a chain root first', [root, one, two], 'root-first'],
  ['a chain leaf first', [two, one, root], 'leaf-first'],
  ['a chain with its root in the middle', [one, root, two], 'mixed'],
  ['two chains, both root first', [root, one, oldRoot, oldSub], 'root-first'],
  ['two chains, both root first and interleaved', [root, oldRoot, oldSub, one], 'root-first'],
  ['two chains, one each way', [root, one, oldSub, oldRoot], 'mixed'],
  ['a chain with the client at its end', [root, one, two, client], 'root-first'],
  ['a chain with the client in front', [client, root, one], 'root-first'],
  ['a chain whose root comes again at the end', [root, one, root], 'root-first'],
] as const)('order: %s', (_, bundle, order) => {
  expect(judge(bundle).order).toBe(order);
});

test('order: the wanted order gives no finding, and a single certificate has none to be wrong', () => {
  expect(judge([root, one, two]).findings).toEqual([]);
  expect(judge([two, one, root], 'leaf-first').findings).toEqual([]);
  expect(judge([root]).findings).toEqual([]);
});

test('order: says what the order is and which two certificates to swap', () => {
  expect(message([one, root])).toEqual([
    'The bundle is leaf first and should be root first: swap “One” (certificate 1) with “Root” (certificate 2).',
  ]);
  expect(message([root, one], 'leaf-first')).toEqual([
    'The bundle is root first and should be leaf first: swap “Root” (certificate 1) with “One” (certificate 2).',
  ]);
});

test('order: of three certificates leaf first, only the outer two have to be swapped', () => {
  expect(message([two, one, root])).toEqual([
    'The bundle is leaf first and should be root first: swap “Two” (certificate 1) with “Root” (certificate 3).',
  ]);
});

test('order: where swapping pairs is not enough, the whole order is given', () => {
  expect(message([two, root, one])).toEqual([
    'The bundle is in mixed order and should be root first: put them in the order “Root” (certificate 2), “One” (certificate 3), “Two” (certificate 1).',
  ]);
});

test('order: of two chains only the one that stands wrong is named', () => {
  expect(message([root, one, oldSub, oldRoot])).toEqual([
    'The bundle is in mixed order and should be root first: swap “Old sub” (certificate 3) with “Old root” (certificate 4).',
  ]);
});

test('order: doing as the message says makes the order right', () => {
  const swapped = [root, one, two];
  for (const bundle of [
    [two, one, root],
    [one, root, two],
    [root, two, one],
  ]) {
    const [text] = message(bundle);
    const [a, b] = [...text!.matchAll(/certificate (\d)/g)].map((match) => Number(match[1]) - 1);
    [bundle[a!], bundle[b!]] = [bundle[b!]!, bundle[a!]!];
    expect(bundle).toEqual(swapped);
  }
});

test('order: CAs that certified each other stand in no order to each other', async () => {
  const oneByTwo = await ca({ cn: 'One', issuer: two, keys: one.keys });
  expect(judge([oneByTwo, two]).order).toBe('single');
  expect(judge([two, oneByTwo]).order).toBe('single');
});

test('order: five hundred CAs of one name and key are judged, before it has taken longer than a test may', async () => {
  const keys = await keysFor('ec-p256', 'crowd');
  const crowd = copies(await ca({ cn: 'Crowd', issuer: { keys, subject: [{ CN: ['Crowd2'] }] }, keys }), keys, 500);
  const other = await ca({ cn: 'Crowd2', issuer: { keys, subject: [{ CN: ['Crowd'] }] }, keys });
  const bundle = [...crowd, other].map(parsed);
  expect(judgeOrder(bundle, 'root-first').order).toMatch(/^(single|root-first|leaf-first|mixed)$/);
});

test('order: a message names a dozen certificates at most, and how many more there are', async () => {
  const issuers = await Promise.all(Array.from({ length: 15 }, (_, index) => ca({ cn: `Root ${index}` })));
  const pairs = await Promise.all(
    issuers.map(async (issuer, index) => [await ca({ cn: `Sub ${index}`, issuer }), issuer]),
  );
  const message = (count: number) => judge(pairs.slice(0, count).flat()).findings[0]?.message;
  expect(message(12)).toMatch(/ swap “Sub 11” \(certificate 23\) with “Root 11” \(certificate 24\)\.$/);
  expect(message(15)).toMatch(/“Root 11” \(certificate 24\); and 3 more\.$/);
});

import { expect, test } from 'vitest';
import { nearest } from '../../src/text/index.ts';

const section = (key: string) => key.slice(key.indexOf('.') + 1);

test.each([
  ['pasword', 'password'],
  ['passwrod', 'password'],
  ['mailboxId', 'mailbox_id'],
  ['mailbox-id', 'mailbox_id'],
  ['SharedKey', 'shared_key'],
  ['timeout', 'mesh.timeouts'],
  ['uri', 'url'],
  ['key', undefined],
  ['certificate', undefined],
])('spelling: %s means %s', (written, meant) => {
  expect(nearest(written, ['url', 'mailbox_id', 'password', 'shared_key', 'mesh.timeouts'], section)).toBe(meant);
});

test.each([
  ['reslove', 'resolve'],
  ['chekc', 'check'],
  ['int', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('two letters that have changed places are one mistake: %.20s means %s', (written, meant) => {
  expect(nearest(written, ['resolve', 'check', 'renewals'])).toBe(meant);
});

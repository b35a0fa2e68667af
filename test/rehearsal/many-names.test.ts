import { expect, test } from 'vitest';
import { rehearse } from '../../src/rehearsal/rehearsal.ts';
import { deployed } from '../support/credential/deployed.ts';
import { ca, keysFor, leaf, type Made } from '../support/pki.ts';

test('the names of a bundle’s CAs may exceed what TLS can ask for (64 KiB): OpenSSL still judges, and as before', async () => {
  const root = await ca({ cn: 'Root' });
  const sub = await ca({ cn: 'Sub', issuer: root });
  const client = await leaf({ issuer: sub });
  const keys = await keysFor('ec-p256', 'crowd');
  const crowd: Made[] = [];
  for (let number = 0; number < 330; number++) crowd.push(await ca({ cn: `${number}`.padEnd(220, 'x'), keys }));
  expect(await rehearse(deployed({ client, bundle: [root, sub, ...crowd] }))).toMatchObject({ accepted: true });
  const stranger = await leaf({ issuer: await ca({ cn: 'Stranger' }) });
  expect(await rehearse(deployed({ client: stranger, bundle: [root, sub, ...crowd] }))).toMatchObject({
    accepted: false,
    code: expect.stringMatching(/^UNABLE_TO_/),
  });
});

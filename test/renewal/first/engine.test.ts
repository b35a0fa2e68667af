import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeployedCredential } from '../../../src/credential/types.ts';
import type { RenewalInput } from '../../../src/renewal/step.ts';
import { dayMs, hourMs } from '../../../src/time/duration.ts';
import { crashNow as now } from '../../support/renewal/due.ts';
import { codesOf, subject, type World, world } from '../../support/renewal/world.ts';

let all: World;
beforeEach(() => {
  all = world('alpha', 'beta');
});
afterEach(() => all.close());

const empty: DeployedCredential = {
  configured: { certificate: true, privateKey: true, caBundle: true },
  missing: ['certificate', 'privateKey', 'caBundle'],
  extraCertificates: [],
  bundle: [],
  problems: [],
  contentHash: 'nothing',
};
const sources = {
  kind: 'pem',
  certificate: { kind: 'file', path: '/etc/mesh/client.pem' },
  privateKey: { kind: 'file', path: '/etc/mesh/private_key.pem' },
  caBundle: { kind: 'file', path: '/etc/mesh/ca_bundle.pem' },
} as const;

/** Nothing is deployed, and the mailbox is the same whatever the environment is called. */
function without(name: string, asked?: object): RenewalInput {
  const { assessment: _, ...rest } = subject(name, { credential: sources });
  return { ...rest, credential: empty, ...(asked ? { asked } : {}) };
}
const at = (ms: number) => new Date(now.getTime() + ms);

describe('a first certificate', () => {
  test('is asked for only when somebody asks', async () => {
    const { status, findings } = await all.step(without('alpha'));
    expect([status.first, findings.map(({ code }) => code)]).toEqual(['not_requested', ['nothing_deployed_yet']]);
    expect([all.records(), all.messages]).toEqual([[], []]);
    const step = await all.step(without('alpha', {}));
    expect([step.status.state, step.status.first, codesOf(step)]).toEqual([
      'requested',
      'awaited',
      ['first_certificate_awaited'],
    ]);
    expect(all.requests()).toHaveLength(1);
  });

  test('that is requested in another way is awaited without a desk too', async () => {
    const { environment, ...rest } = without('alpha');
    const alone = { ...environment, renewal: { ...environment.renewal, mode: 'manual' as const, desk: [] } };
    expect((await all.step({ ...rest, environment: alone })).status.first).toBeUndefined();
    const step = await all.step({ ...rest, environment: { ...alone, awaitingFirstCertificate: true } });
    expect([step.status.first, codesOf(step), all.messages]).toEqual(['awaited', ['first_certificate_awaited'], []]);
  });

  test('is asked for once, by however many environments with that mailbox', async () => {
    await all.step(without('alpha', {}));
    const other = await all.step(without('beta', {}));
    expect(other.status.reason).toContain('alpha uses the same certificate, and one request covers both');
    expect(all.requests()).toHaveLength(1);
    expect(all.records()).toHaveLength(1);
  });

  test('follows an environment that is renamed', async () => {
    await all.step(without('alpha', {}));
    all.names = new Set(['gamma', 'beta']);
    const step = await all.step(without('gamma'));
    expect(step.status).toMatchObject({ state: 'requested', first: 'awaited' });
    expect(all.records().map(({ environment }) => environment)).toEqual(['gamma']);
  });

  test('is sent by the service after the mail server had no time, without anybody asking again', async () => {
    all.answers.push({ outcome: 'failed', retry: true });
    expect((await all.step(without('alpha', {}))).status.state).toBe('due');
    expect((await all.step(without('alpha'), at(12 * hourMs))).status.state).toBe('requested');
    expect(all.requests().map(({ messageId }) => messageId)).toHaveLength(2);
    expect(new Set(all.requests().map(({ messageId }) => messageId)).size).toBe(1);
  });

  test('that is not answered reminds the contact once, without a day on which anything would expire', async () => {
    await all.step(without('alpha', {}));
    await all.step(without('alpha'), at(9 * dayMs));
    await all.step(without('alpha'), at(10 * dayMs));
    expect(all.messages.map(({ subject: title }) => title.replace(/:.*/, ''))).toEqual([
      'MESH certificate request',
      'No MESH certificate yet',
    ]);
    const { text } = all.messages[1]!;
    await expect(text).toMatchFileSnapshot('golden/reminder.txt');
  });

  test('that may have been sent is reported to the contact, and not sent again', async () => {
    all.answers.push({ outcome: 'uncertain' });
    const step = await all.step(without('alpha', {}));
    expect(step.status).toMatchObject({ state: 'uncertain', first: 'awaited' });
    await all.step(without('alpha', {}), at(dayMs));
    expect(all.requests()).toHaveLength(1);
    await expect(all.messages[1]!.text).toMatchFileSnapshot('golden/uncertain.txt');
  });

  test('that is deployed and accepted closes the request, and is renewed in its turn', async () => {
    await all.step(without('alpha', {}));
    const input = subject('alpha', { credential: sources });
    await all.step(input, at(dayMs));
    const handshake = { startedAt: at(dayMs + hourMs), outcome: 'success' } as const;
    const step = await all.step({ ...input, handshake }, at(dayMs + hourMs));
    expect(step.status).toMatchObject({ state: 'deployed' });
    expect(step.status.first).toBeUndefined();
    const closing = all.messages.find(({ subject: title }) => title.startsWith('MESH certificate deployed'));
    await expect(closing!.text).toMatchFileSnapshot('golden/closing.txt');
    await all.step(input, at(dayMs + 2 * hourMs));
    expect(all.records().map(({ state }) => state)).toEqual(['deployed', 'requested']);
  });

  test('that vanished is not asked for again, nor excused', async () => {
    await all.step(without('alpha', {}));
    await all.step(subject('alpha', { credential: sources }), at(dayMs));
    const gone = await all.step(without('alpha', {}), at(2 * dayMs));
    expect([gone.status.first, codesOf(gone)]).toEqual([undefined, []]);
    expect(all.requests()).toHaveLength(1);
  });
});

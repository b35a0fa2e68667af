import { once } from 'node:events';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningMesh, startMesh } from '../../src/demo/mesh-stand-in.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import { authorizationToken } from '../../src/mesh/http/authorization.ts';
import { Secret } from '../../src/sources/secret.ts';
import type { Presented } from '../scenarios/handshakes.ts';
import { endpoint, type HandshakePki, makeHandshakePki, planted } from '../support/mesh/handshake-pki.ts';

let estate: HandshakePki;
let mesh: RunningMesh;
const now = () => new Date();

beforeAll(async () => {
  estate = await makeHandshakePki();
  mesh = await startMesh({
    certificatePem: estate.server.pem + estate.sub.pem,
    keyPem: estate.server.keyPem,
    clientCaPem: estate.root.pem + estate.sub.pem,
    mailboxes: new Map([['X26ABC1', planted.password]]),
    sharedKey: planted.sharedKey,
    now,
  });
});
afterAll(() => mesh.stop());

async function shake(presents: Presented, more: Parameters<typeof endpoint>[1] = {}) {
  return handshake({ mesh: endpoint(mesh.url, more) }, await estate.credential(presents), { now, env: {} });
}

describe('the MESH stand-in', () => {
  test('answers the handshake of the right client', async () => {
    expect(await shake('deployed')).toMatchObject({ outcome: 'success', httpStatus: 200, serverVerified: true });
  });

  test('answers a ping', async () => {
    expect(await shake('deployed', { probe: 'ping' })).toMatchObject({ outcome: 'success', httpStatus: 200 });
  });

  test.each([
    ['expired', 'client_certificate_expired'],
    ['foreign', 'client_certificate_rejected'],
    ['none', 'client_certificate_required'],
  ] as const)('refuses a client certificate that is %s with the alert for %s', async (presents, reason) => {
    expect(await shake(presents)).toMatchObject({ outcome: 'failure', reason, httpStatus: 0 });
  });

  test('refuses a wrong password and an unknown mailbox', async () => {
    const wrong = { kind: 'inline', value: new Secret('wrong') } as const;
    expect(await shake('deployed', { password: wrong })).toMatchObject({ reason: 'authentication_failed' });
    expect(await shake('deployed', { mailboxId: 'X26ABC9' })).toMatchObject({ reason: 'authentication_failed' });
  });

  const ask = async (headers: Record<string, string>, path = '/messageexchange/X26ABC1') => {
    const { pem, keyPem } = estate.clients.deployed;
    const sent = request(`${mesh.url}${path}`, {
      method: 'POST',
      agent: false,
      ca: estate.root.pem,
      cert: pem,
      key: keyPem,
      headers,
    });
    sent.end();
    const [response] = await once(sent, 'response');
    response.resume();
    return response.statusCode as number;
  };
  const token = (at: Date) =>
    authorizationToken({
      mailboxId: 'X26ABC1',
      password: new Secret(planted.password),
      sharedKey: new Secret(planted.sharedKey),
      nonce: String(Math.random()).slice(2),
      nonceCount: 0,
      now: at,
    }).reveal();
  const mex = { 'mex-ClientVersion': 'test', 'mex-OSName': 'test', 'mex-OSVersion': '1' };

  test('takes a token once', async () => {
    const Authorization = token(now());
    expect(await ask({ ...mex, Authorization })).toBe(200);
    expect(await ask({ ...mex, Authorization })).toBe(403);
  });

  test('refuses a token from more than two hours away, and one from just within', async () => {
    const hours = (count: number) => new Date(now().getTime() + count * 3_600_000);
    expect(await ask({ ...mex, Authorization: token(hours(-2.1)) })).toBe(403);
    expect(await ask({ ...mex, Authorization: token(hours(2.1)) })).toBe(403);
    expect(await ask({ ...mex, Authorization: token(hours(-1.9)) })).toBe(200);
  });

  test('wants the mex headers, and knows no other path', async () => {
    expect(await ask({ Authorization: token(now()) })).toBe(400);
    expect(await ask({ ...mex, Authorization: token(now()) }, '/other')).toBe(404);
  });
});

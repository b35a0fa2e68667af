/** Who is let in, over real connections. */
import { Agent, get } from 'node:http';
import { get as getTls, Agent as TlsAgent } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/sources/secret.ts';
import type { AccessOptions } from '../../../src/web/access/access.ts';
import { attemptLimits } from '../../../src/web/access/attempts.ts';
import { hashPassword, verifyPassword } from '../../../src/web/access/password.ts';
import { createApp } from '../../../src/web/app.ts';
import { clientAddress } from '../../../src/web/connections/peer.ts';
import { type ListenOptions, listen } from '../../../src/web/server.ts';
import { ca, leaf, type Made, serverCertificate } from '../../support/pki.ts';
import { sampleNow, wholeEstate } from '../../support/status.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(options: Partial<AccessOptions>, tls?: ListenOptions['tls']) {
  const reported: unknown[] = [];
  const app = createApp({
    estate: wholeEstate,
    build: { version: '1', nodeVersion: '1' },
    now: () => sampleNow,
    report: (error) => reported.push(error),
    ...options,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0, ...(tls ? { tls } : {}) });
  ends.push(() => server.close(0));
  return { server, reported, port: Number(new URL(server.url).port) };
}

interface Ask {
  readonly port: number;
  readonly path?: string;
  readonly login?: string;
  readonly headers?: Record<string, string>;
  readonly agent?: Agent | TlsAgent;
  readonly localAddress?: string;
  readonly tls?: { ca: string; cert?: string; key?: string };
}

function ask({ path = '/health/environments/integration', login, tls, headers = {}, agent, ...to }: Ask) {
  const authorization = login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const options = {
    ...to,
    ...tls,
    path,
    host: '127.0.0.1',
    headers: { ...headers, ...authorization },
    agent: agent ?? false,
  };
  return new Promise<{ status: number; retryAfter?: string | undefined; authenticate?: string | undefined }>(
    (resolve, reject) => {
      (tls ? getTls : get)(options, (response) => {
        response.resume();
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            authenticate: response.headers['www-authenticate'],
          }),
        );
      }).on('error', reject);
    },
  );
}
const statusOf = async (asking: Ask) => (await ask(asking)).status;

describe('a password of which only the hash is known', () => {
  const hashed = async (password: string, scheme: 'argon2id' | 'scrypt' = 'argon2id') => {
    const passwordHash = new Secret(await hashPassword(password, scheme));
    return { basicAuth: async () => ({ username: 'prometheus', passwordHash }) };
  };

  test.each(['argon2id', 'scrypt'] as const)('%s: the right one is let in, and no other', async (scheme) => {
    const { port } = await serve(await hashed('pass:wörd', scheme));
    expect(await statusOf({ port, login: 'prometheus:pass:wörd' })).toBe(200);
    for (const login of ['prometheus:pass', 'grafana:pass:wörd', 'prometheus'])
      expect(await statusOf({ port, login })).toBe(401);
  });

  test('is worked out once: a scrape costs nothing', async () => {
    let times = 0;
    const verify: typeof verifyPassword = (...given) => {
      times += 1;
      return verifyPassword(...given);
    };
    const { port } = await serve({ ...(await hashed('right')), verify });
    for (let each = 0; each < 20; each += 1) expect(await statusOf({ port, login: 'prometheus:right' })).toBe(200);
    expect(times).toBe(1);
  });

  test('counts when it is rotated, and the old one no more, on an open connection neither', async () => {
    let passwordHash = new Secret(await hashPassword('one'));
    const { port } = await serve({ basicAuth: async () => ({ username: 'u', passwordHash }) });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    ends.push(() => agent.destroy());
    expect(await statusOf({ port, agent, login: 'u:one' })).toBe(200);
    passwordHash = new Secret(await hashPassword('two'));
    expect(await statusOf({ port, agent, login: 'u:one' })).toBe(401);
    expect(await statusOf({ port, agent, login: 'u:two' })).toBe(200);
  });

  test('that is none lets nobody in, and is not repeated', async () => {
    const basicAuth = async () => ({ username: 'u', passwordHash: new Secret('planted-plain-5Y') });
    const { port, reported } = await serve({ basicAuth });
    expect(await statusOf({ port, login: 'u:planted-plain-5Y' })).toBe(503);
    expect(String(reported)).toContain('password_hash');
    expect(String(reported)).not.toContain('planted-plain-5Y');
  });
});

describe('guessing', () => {
  const { ofPeer, waitMs } = attemptLimits;

  /** Whose clock goes on only when the test says so, however long the machine takes. */
  async function guarded(clientOf?: AccessOptions['clientOf']) {
    let nowMs = 0;
    let arrived = 0;
    const { port } = await serve({
      basicAuth: async () => {
        arrived += 1;
        return { username: 'u', password: new Secret('right') };
      },
      clock: () => nowMs,
      ...(clientOf ? { clientOf } : {}),
    });
    const pass = (ms: number) => {
      nowMs += ms;
    };
    /** More than may be heard at once. Those that may not are waiting. */
    const flood = async (count: number, headers: Record<string, string> = {}) => {
      const statuses: number[] = [];
      const before = arrived;
      const asked = Array.from({ length: count }, async () => {
        const answer = await ask({ port, login: 'u:wrong', headers });
        statuses.push(answer.status);
        return answer;
      });
      await expect.poll(() => arrived - before).toBe(count);
      await expect.poll(() => statuses).toEqual(Array(ofPeer.free).fill(401));
      return { statuses, ended: Promise.all(asked) };
    };
    /** For those that wait. */
    const giveUp = async (flooded: Awaited<ReturnType<typeof flood>>) => {
      pass(waitMs + 1);
      await flooded.ended;
    };
    return { port, pass, flood, giveUp, arrived: () => arrived };
  }

  test('is slowed down and then refused with 429, and says when to come back', async () => {
    const { pass, flood } = await guarded();
    const { statuses, ended } = await flood(60);
    pass(1000);
    const heard = ofPeer.free + ofPeer.perSecond;
    await expect.poll(() => statuses).toEqual(Array(heard).fill(401));
    pass(waitMs - 999);
    const all = await ended;
    expect(statuses).toEqual([...Array(heard).fill(401), ...Array(60 - heard).fill(429)]);
    expect(all.find(({ status }) => status === 429)?.retryAfter).toBe('5');
  });

  test('from one address keeps nobody at another waiting, nor one who is in already', async () => {
    const { port, flood, giveUp } = await guarded();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    ends.push(() => agent.destroy());
    expect(await statusOf({ port, agent, login: 'u:right' })).toBe(200);
    const flooded = await flood(60);
    expect(await statusOf({ port, login: 'u:right', localAddress: '127.0.0.2' })).toBe(200);
    expect(await statusOf({ port, agent, login: 'u:right' })).toBe(200);
    await giveUp(flooded);
  });

  test('does not shut out the right password from the same address: it is heard before those that came earlier', async () => {
    const { port, pass, flood, giveUp, arrived } = await guarded();
    const flooded = await flood(60);
    const before = arrived();
    const right = statusOf({ port, login: 'u:right' });
    await expect.poll(arrived).toBe(before + 1);
    pass(1000 / ofPeer.perSecond);
    expect(await right).toBe(200);
    await giveUp(flooded);
  });

  test('nor is it shut out by those who were refused and ask again on their connections, later than the right one', async () => {
    const { port, pass, flood, giveUp, arrived } = await guarded();
    const agents = Array.from({ length: 20 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    ends.push(() => agents.forEach((agent) => void agent.destroy()));
    const wave = async () => {
      const before = arrived();
      const asked = agents.map((agent) => statusOf({ port, agent, login: 'u:wrong' }));
      await expect.poll(() => arrived() - before).toBe(agents.length);
      return { ended: Promise.all(asked) };
    };
    const refused = await wave();
    pass(waitMs + 1);
    expect(await refused.ended).toContain(429);
    pass(waitMs + 1);
    const flooded = await flood(60);
    const before = arrived();
    const right = statusOf({ port, login: 'u:right' });
    await expect.poll(arrived).toBe(before + 1);
    const again = await wave();
    pass(1000 / ofPeer.perSecond);
    expect(await right).toBe(200);
    await giveUp(flooded);
    await again.ended;
  });

  test('nor is it shut out on a connection on which it was mistyped once, by a flood on new ones', async () => {
    const { port, pass, flood, giveUp, arrived } = await guarded();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    ends.push(() => agent.destroy());
    expect(await statusOf({ port, agent, login: 'u:wrong' })).toBe(401);
    pass(waitMs);
    const flooded = await flood(60);
    const before = arrived();
    const right = statusOf({ port, agent, login: 'u:right' });
    await expect.poll(arrived).toBe(before + 1);
    pass(2000 / ofPeer.perSecond);
    expect(await right).toBe(200);
    await giveUp(flooded);
  });

  test('without a password is no guess: it is told at once to bring one', async () => {
    const { port } = await guarded();
    const all = await Promise.all(Array.from({ length: 100 }, () => statusOf({ port })));
    expect(new Set(all)).toEqual(new Set([401]));
    expect(await statusOf({ port, login: 'u:right' })).toBe(200);
  });

  test('through a trusted proxy counts for whom the proxy names', async () => {
    const isProxy = (address: string) => address === '127.0.0.1';
    const { port, flood, giveUp } = await guarded((request) => clientAddress(request, isProxy));
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const flooded = await flood(40, from('203.0.113.9'));
    expect(await statusOf({ port, login: 'u:wrong', headers: from('198.51.100.1') })).toBe(401);
    expect(await statusOf({ port, login: 'u:right', headers: from('198.51.100.2') })).toBe(200);
    await giveUp(flooded);
    expect(flooded.statuses).toContain(429);
  });
});

describe('a client certificate', () => {
  async function servers(withPassword: boolean) {
    const [root, clients, stranger] = [
      await ca({ cn: 'Root' }),
      await ca({ cn: 'Clients' }),
      await ca({ cn: 'Other' }),
    ];
    const made = await serverCertificate({ issuer: root });
    const basicAuth = async () => ({ username: 'u', password: new Secret('right') });
    const served = await serve(
      { ...(withPassword ? { basicAuth } : {}), clientCertificates: () => true },
      { cert: made.pem, key: made.keyPem, ca: clients.pem },
    );
    const shows = (certificate?: Made) => ({
      port: served.port,
      tls: { ca: root.pem, ...(certificate ? { cert: certificate.pem, key: certificate.keyPem } : {}) },
    });
    return { ...served, made, clients, stranger, shows };
  }

  test('of a configured CA is let in, and one of another is not', async () => {
    const { clients, stranger, shows, port } = await servers(false);
    expect(await statusOf(shows(await leaf({ issuer: clients })))).toBe(200);
    expect(await statusOf(shows(await leaf({ issuer: stranger })))).toBe(403);
    const refused = await ask(shows());
    expect(refused).toMatchObject({ status: 403 });
    expect(refused.authenticate).toBeUndefined();
    expect(await statusOf({ ...shows(), path: '/health/live' })).toBe(200);
    expect(port).toBeGreaterThan(0);
  });

  test('that has expired, or is for servers, is not', async () => {
    const { clients, shows } = await servers(false);
    const expired = await leaf({
      issuer: clients,
      notBefore: new Date('2020-01-01'),
      notAfter: new Date('2021-01-01'),
    });
    expect(await statusOf(shows(expired))).toBe(403);
    expect(await statusOf(shows(await serverCertificate({ issuer: clients })))).toBe(403);
  });

  test('or a password is enough, where both are asked for', async () => {
    const { clients, stranger, shows } = await servers(true);
    expect(await statusOf(shows(await leaf({ issuer: clients })))).toBe(200);
    expect(await statusOf({ ...shows(), login: 'u:right' })).toBe(200);
    expect(await statusOf({ ...shows(await leaf({ issuer: stranger })), login: 'u:right' })).toBe(200);
    expect(await statusOf({ ...shows(), login: 'u:wrong' })).toBe(401);
    expect((await ask(shows())).authenticate).toMatch(/^Basic /);
  });

  test('counts on a resumed session, and no more once its CA is gone', async () => {
    const { made, clients, stranger, shows, server } = await servers(false);
    const mine = shows(await leaf({ issuer: clients }));
    const agent = new TlsAgent({ keepAlive: false, maxCachedSessions: 10 });
    ends.push(() => agent.destroy());
    for (let each = 0; each < 3; each += 1) expect(await statusOf({ ...mine, agent })).toBe(200);
    server.renewTls({ cert: made.pem, key: made.keyPem, ca: stranger.pem });
    expect(await statusOf({ ...mine, agent })).toBe(403);
  });
});

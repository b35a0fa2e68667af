/** Real HTTP and SMTP on loopback, and a state directory that outlives the notifier. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Configuration } from '../../src/config/types.ts';
import { openNoticeMemory } from '../../src/notify/memory.ts';
import { createNotifier } from '../../src/notify/notifier.ts';
import type { EnvironmentStatus, EstateStatus } from '../../src/status/types.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/time/index.ts';
import { sampleConfiguration, sampleEnvironment } from '../support/configuration.ts';
import { type MailServer, startMailServer, startScriptedServer } from '../support/renewal/mail-server.ts';
import { inline } from '../support/sources.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  estateOf,
  everyEnvironment,
  sampleAssessment,
  sampleChain,
  sampleNow,
} from '../support/status.ts';

const ends: (() => unknown)[] = [];
let stateDir: string;
let now: Date;
let logged: string[];
let clockDoubt: string | undefined;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-notify-'));
  now = sampleNow;
  logged = [];
  clockDoubt = undefined;
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(stateDir, { recursive: true });
});

/** Looks both ways at once, as the two loops of the service do. */
function notifier() {
  const line = (fields: object, message: string) => `${message} ${JSON.stringify(fields)}`;
  const log = {
    info: (fields: object, message: string) => void logged.push(line(fields, message)),
    warn: (fields: object, message: string) => void logged.push(`warn: ${line(fields, message)}`),
  };
  const made = createNotifier({ stateDir, env: {}, now: () => now, log, clockDoubt: () => clockDoubt });
  ends.push(() => made.stop());
  return {
    ...made,
    async look(estate: EstateStatus, configuration: Configuration): Promise<void> {
      const current = () => ({ estate, configuration });
      await Promise.all([made.tellChanges(current), made.tellExpiries(current)]);
    },
  };
}
const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};

describe('the webhook', () => {
  interface Call {
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  async function receiver(answers: readonly number[] = []) {
    const calls: Call[] = [];
    const left = [...answers];
    const server = createServer(async (request, response) => {
      calls.push({ headers: request.headers, body: await text(request) });
      response.writeHead(left.shift() ?? 204, { location: 'http://192.0.2.1/' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/planted-path`;
    const changes = () => calls.map(({ body }) => JSON.parse(body)).map(({ from, to }) => `${from} → ${to}`);
    return { calls, changes, url };
  }
  const calling = (url: string): Configuration =>
    sampleConfiguration([sampleEnvironment()], {
      stateDir,
      notify: { expiryDays: [], webhook: { url: inline(url), secret: inline('planted-secret'), format: 'json' } },
    });
  const { expired, healthy } = everyEnvironment();
  const ill: EnvironmentStatus = { ...expired, name: healthy.name };

  test('hears of a change once, signed, and again when it is over', async () => {
    const { calls, changes, url } = await receiver();
    const one = notifier();
    for (const status of [healthy, ill, ill, healthy, healthy]) await one.look(estateOf([status]), calling(url));
    expect(changes()).toEqual(['ok → critical', 'critical → ok']);
    const [{ body, headers }] = calls as [Call];
    const timestamp = String(headers['x-mesh-cert-monitor-timestamp']);
    expect(Number(timestamp) * 1000).toBe(sampleNow.getTime());
    const mac = createHmac('sha256', 'planted-secret').update(`${timestamp}.${body}`).digest('hex');
    expect(headers['x-mesh-cert-monitor-signature']).toBe(`sha256=${mac}`);
    expect(headers['content-type']).toBe('application/json');
  });

  test('a restart repeats nothing, and misses nothing that changed meanwhile', async () => {
    const { changes, url } = await receiver();
    const one = notifier();
    await one.look(estateOf([ill]), calling(url));
    await one.stop();
    const two = notifier();
    await two.look(estateOf([ill]), calling(url));
    expect(changes()).toEqual(['null → critical']);
    await two.stop();
    await notifier().look(estateOf([healthy]), calling(url));
    expect(changes()).toEqual(['null → critical', 'critical → ok']);
  });

  test('a receiver that failed while the clock was ahead is tried again once the clock is right', async () => {
    const { changes, url } = await receiver([500]);
    const one = notifier();
    later(365 * dayMs);
    await one.look(estateOf([ill]), calling(url));
    later(-365 * dayMs);
    await one.look(estateOf([ill]), calling(url));
    expect(changes()).toHaveLength(2);
  });

  test('a receiver that fails is tried again after 10 seconds, then 20; what changes meanwhile becomes one change', async () => {
    const { changes, url } = await receiver([500, 302]);
    const one = notifier();
    const look = (status: EnvironmentStatus) => one.look(estateOf([status]), calling(url));
    await look(healthy);
    await look(ill);
    await look(ill);
    expect(changes()).toHaveLength(1);
    later(10 * secondMs);
    await look(ill);
    expect(changes()).toHaveLength(2);
    later(10 * secondMs);
    await look(healthy);
    expect(changes()).toHaveLength(2);
    later(10 * secondMs);
    await look(ill);
    expect(changes()).toEqual(Array(3).fill('ok → critical'));
    expect(logged).toEqual([
      'warn: webhook fails; trying again {"problem":"the webhook answers with HTTP 500"}',
      'webhook works again {}',
    ]);
  });

  test('a receiver that is not there, or an address that cannot be read, is a line in the log without the address', async () => {
    const one = notifier();
    await one.look(estateOf([ill]), calling('http://127.0.0.1:1/planted-path'));
    expect(logged.join()).toContain('the webhook cannot be reached (ECONNREFUSED)');
    const nowhere = { kind: 'file', path: '/nowhere/url' } as const;
    const configuration = calling('');
    const { webhook } = configuration.notify!;
    const unreadable = { ...configuration, notify: { expiryDays: [], webhook: { ...webhook!, url: nowhere } } };
    await notifier().look(estateOf([ill]), unreadable);
    expect(logged.join()).toContain('/nowhere/url');
    expect(logged.join()).not.toContain('planted');
  });

  test('a body that the receiver refuses waits alone, and the warning names its environment', async () => {
    const asked: string[] = [];
    let refused = 'two';
    const server = createServer(async (request, response) => {
      const { environment } = JSON.parse(await text(request));
      asked.push(environment);
      response.writeHead(environment === refused ? 400 : 204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    const estate = estateOf(['one', 'two', 'three'].map((name) => ({ ...ill, name })));
    const one = notifier();
    const look = () => one.look(estate, calling(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    await look();
    await look();
    expect(asked).toEqual(['one', 'two', 'three']);
    later(10 * secondMs);
    await look();
    later(10 * secondMs);
    await look();
    expect(asked.slice(3)).toEqual(['two']);
    refused = '';
    later(10 * secondMs);
    await look();
    await look();
    expect(asked.slice(4)).toEqual(['two']);
    expect(logged).toEqual([
      'warn: webhook refuses a message; trying again {"environment":"two","problem":"the webhook answers with HTTP 400"}',
    ]);
  });

  test('a change that follows a refused one is sent at once', async () => {
    const { changes, url } = await receiver([400]);
    const one = notifier();
    const look = (status: EnvironmentStatus) => one.look(estateOf([status]), calling(url));
    await look(ill);
    await look({ ...ill, status: 'warning' });
    expect(changes()).toEqual(['null → critical', 'null → warning']);
  });

  test('ten refusals in a row are a fault of the receiver: everything waits, and one message that is accepted ends that', async () => {
    const { calls, url } = await receiver(Array(12).fill(400));
    const one = notifier();
    const look = () =>
      one.look(estateOf(Array.from({ length: 20 }, (_, index) => ({ ...ill, name: `${index}` }))), calling(url));
    await look();
    expect(calls).toHaveLength(10);
    expect(logged.at(-1)).toBe('warn: webhook fails; trying again {"problem":"the webhook answers with HTTP 400"}');
    await look();
    expect(calls).toHaveLength(10);
    later(10 * secondMs);
    await look();
    expect(calls).toHaveLength(11);
    later(20 * secondMs);
    await look();
    expect(calls).toHaveLength(12);
    later(40 * secondMs);
    await look();
    expect(calls.map(({ body }) => JSON.parse(body).environment).slice(12)).toEqual(
      expect.arrayContaining(Array.from({ length: 20 }, (_, index) => `${index}`)),
    );
    expect(logged.at(-1)).toBe('webhook works again {}');
  });

  test.each([401, 403, 404, 405, 407, 408, 410, 415, 429, 500])(
    'HTTP %i is not about the message, so nothing else is sent',
    async (status) => {
      const { calls, url } = await receiver([status]);
      await notifier().look(estateOf(['one', 'two'].map((name) => ({ ...ill, name }))), calling(url));
      expect(calls).toHaveLength(1);
    },
  );

  test('thousands that are well are remembered without the disk being waited for each, and the loop goes on', async () => {
    const { changes, url } = await receiver();
    const names = Array.from({ length: 3000 }, (_, index) => `environment-${index}`);
    const estate = estateOf(names.map((name) => ({ ...healthy, name })));
    const one = notifier();
    let turns = 0;
    let over = false;
    const turn = () => {
      turns += 1;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    await one.look(estate, calling(url));
    over = true;
    expect(turns).toBeGreaterThanOrEqual(3);
    await one.stop();
    const memory = openNoticeMemory(stateDir);
    expect(memory.everyTold().size).toBe(3000);
    memory.close();
    const last = { ...ill, name: names.at(-1)! };
    await notifier().look(estateOf([...estate.environments.slice(0, -1), last]), calling(url));
    expect(changes()).toEqual(['ok → critical']);
  });

  test('what is sent is what is known then: one that is well again meanwhile is not reported, and a webhook that is taken out is not called', async () => {
    const two: EnvironmentStatus = { ...ill, name: 'two' };
    const three: EnvironmentStatus = { ...ill, name: 'three' };
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(JSON.parse(await text(request)).environment);
      estate = bodies.length === 1 ? estateOf([ill, { ...healthy, name: 'two' }, three]) : estate;
      if (bodies.length === 2) configuration = { ...configuration, notify: { expiryDays: [] } };
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    let estate = estateOf([ill, two, three, { ...ill, name: 'four' }]);
    let configuration = calling(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await notifier().tellChanges(() => ({ estate, configuration }));
    expect(bodies).toEqual([ill.name, 'three']);
  });

  test('a receiver that never answers ends with the service', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      silent.closeAllConnections();
      silent.close();
    });
    // Nothing else ends it.
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal);
    const one = notifier();
    const look = one.look(estateOf([ill]), calling(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`));
    await once(silent, 'request');
    await one.stop();
    await look;
  });
});

describe('messages about an expiry', () => {
  let mail: MailServer;
  beforeEach(async () => {
    mail = await startMailServer();
    ends.push(() => mail.close());
  });
  const mailing = (port: number): Configuration =>
    sampleConfiguration([sampleEnvironment()], {
      stateDir,
      email: { from: 'monitor@example.org', smtp: { host: '127.0.0.1', port, tls: 'none' } },
      notify: { expiryDays: [30, 7] },
    });
  const expiring = (days: number) =>
    environmentStatus({
      assessment: sampleAssessment({ certificates: sampleChain({ notAfter: daysFromSampleNow(days) }) }),
    });

  test('one at each stage, to the contact alone, also over a restart', async () => {
    const look = async (one: ReturnType<typeof notifier>, days: number) => {
      later(minuteMs);
      await one.look(estateOf([expiring(days)]), mailing(mail.port));
    };
    const one = notifier();
    await look(one, 40);
    expect(mail.received).toHaveLength(0);
    await look(one, 30);
    await look(one, 25);
    expect(mail.received).toHaveLength(1);
    await one.stop();
    const two = notifier();
    await look(two, 25);
    expect(mail.received).toHaveLength(1);
  });

  test('no stage is used up while the clock is in doubt, and that is said once', async () => {
    const one = notifier();
    const look = async () => {
      later(minuteMs);
      await one.look(estateOf([expiring(20)]), mailing(mail.port));
    };
    clockDoubt = 'this machine’s clock was set forward by 366 days';
    await look();
    await look();
    expect(mail.received).toHaveLength(0);
    expect(logged).toEqual([expect.stringContaining('expiry messages wait for the clock')]);
    clockDoubt = undefined;
    await look();
    await look();
    expect(mail.received).toHaveLength(1);
  });

  test.each([
    ['sent', 365 * dayMs, 1],
    ['sent', hourMs, 0],
    ['sending', 365 * dayMs, 1],
    ['failed', 365 * dayMs, 1],
    ['failed', hourMs, 1],
  ] as const)(
    'what a clock that was ahead recorded (%s, by %i ms) is sent by the right one %i times',
    async (state, ahead, times) => {
      const [client] = sampleChain({ notAfter: daysFromSampleNow(20) });
      const { fingerprintSha256 } = client!.certificate;
      const memory = openNoticeMemory(stateDir);
      const at = new Date(now.getTime() + ahead);
      memory.keep({ contact: 'contact@example.nhs.uk', fingerprintSha256, stage: 30 }, { state, tries: 8, at });
      memory.close();
      const one = notifier();
      await one.look(estateOf([expiring(20)]), mailing(mail.port));
      expect(mail.received).toHaveLength(times);
    },
  );

  test('says what expires when, what the renewal is doing and what to do first', async () => {
    await notifier().look(
      estateOf([{ ...expiring(7), certificates: sampleChain({ notAfter: daysFromSampleNow(7) }) }]),
      mailing(mail.port),
    );
    const [{ bytes, to }] = mail.received as [MailServer['received'][number]];
    expect(to).toEqual(['contact@example.nhs.uk']);
    const { subject, text: body } = await simpleParser(bytes);
    expect(subject).toBe('MESH certificate expires in 7 days: Mavis, integration, mailbox X26ABC1');
    expect(body).toContain(
      'The client certificate of Mavis in integration expires on Monday 9 March 2026 at 09:30 GMT',
    );
    expect(body).toContain('The renewal: The renewal window opens on 20 October 2026.');
  });

  test('a mail server that refuses is tried again after five minutes', async () => {
    let refuses = true;
    const moody = await startMailServer({
      onMailFrom: (_address, _session, done) =>
        refuses ? done(Object.assign(new Error('later'), { responseCode: 451 })) : done(),
    });
    ends.push(() => moody.close());
    const one = notifier();
    const look = () => one.look(estateOf([expiring(20)]), mailing(moody.port));
    await look();
    refuses = false;
    later(4 * minuteMs);
    await look();
    expect(moody.received).toHaveLength(0);
    later(minuteMs);
    await look();
    later(10 * minuteMs);
    await look();
    expect(moody.received).toHaveLength(1);
  });

  test('a message that may have been sent is a warning, and is not sent again', async () => {
    const cut = await startScriptedServer({ end: { cut: true } });
    ends.push(() => cut.close());
    const look = () => notifier().look(estateOf([expiring(20)]), mailing(cut.port));
    await look();
    later(60 * minuteMs);
    await look();
    expect(logged).toEqual([expect.stringMatching(/^warn: expiry message .*"outcome":"uncertain"/)]);
  });

  test('a process that ended while it was sending leaves a row, and nothing is sent a second time', async () => {
    const [client] = sampleChain({ notAfter: daysFromSampleNow(20) });
    const memory = openNoticeMemory(stateDir);
    const key = {
      contact: 'contact@example.nhs.uk',
      fingerprintSha256: client!.certificate.fingerprintSha256,
      stage: 30,
    };
    memory.keep(key, { state: 'sending', tries: 1, at: now });
    memory.close();
    await notifier().look(estateOf([expiring(20)]), mailing(mail.port));
    expect(mail.received).toHaveLength(0);
  });

  test('a mail server that says nothing does not hold up the webhook', async () => {
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    let called = 0;
    const receiver = createServer((_, response) => {
      called += 1;
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      silent.close();
      receiver.close();
    });
    const one = notifier();
    const { expired, healthy } = everyEnvironment();
    const url = inline(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
    const configuration: Configuration = {
      ...mailing((silent.address() as AddressInfo).port),
      notify: { expiryDays: [30], webhook: { url, format: 'json' } },
    };
    let told: EnvironmentStatus = { ...expired, name: 'other' };
    const current = () => ({
      estate: estateOf([told, { ...expiring(20), name: sampleEnvironment().name }]),
      configuration,
    });
    let ended = false;
    const mails = one.tellExpiries(current).then(() => {
      ended = true;
    });
    await one.tellChanges(current);
    const first = called;
    told = { ...healthy, name: 'other' };
    await one.tellChanges(current);
    expect([first > 0, called > first, ended]).toEqual([true, true, false]);
    await one.stop();
    await mails;
  });

  test('what is due is looked at again before each message: a renewal on its way ends it', async () => {
    const names = ['one', 'two', 'three'];
    const estate = (asked: boolean) =>
      estateOf(
        names.map((name) => {
          const status = { ...expiring(20), name };
          const sending = { ...status, renewal: { ...status.renewal, state: 'sending' as const } };
          return asked && name === 'two' ? sending : status;
        }),
      );
    const configuration = {
      ...mailing(mail.port),
      environments: names.map((name, index) => {
        const environment = sampleEnvironment();
        return { ...environment, name, contact: { ...environment.contact, email: `${index}@example.org` } };
      }),
    };
    await notifier().tellExpiries(() => ({ estate: estate(mail.received.length > 0), configuration }));
    expect(mail.received.flatMap(({ to }) => to)).toEqual(['0@example.org', '2@example.org']);
  });

  test('without a mail server nothing is written anywhere', async () => {
    const { email: _, ...without } = mailing(mail.port);
    await notifier().look(estateOf([expiring(20)]), without);
    expect(mail.received).toHaveLength(0);
  });
});

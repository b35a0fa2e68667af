/** `/inspect` over HTTP: the one route with a body, and everything that bounds it. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectDropped } from '../../src/inspect/dropped.ts';
import { Secret } from '../../src/sources/secret.ts';
import { secondMs } from '../../src/time/index.ts';
import { Gate, gateLimits } from '../../src/web/page/inspect/gate.ts';
import { nhsLikePki } from '../support/pki.ts';
import { type Served, servePages } from '../support/web/pages.ts';

const { client, bundlePem } = await nhsLikePki();
const planted = client.keyPem.split('\n')[3] ?? '';
let served: Served;
let looked = 0;
beforeAll(async () => {
  const inspect: typeof inspectDropped = (files) => {
    looked += 1;
    return inspectDropped(files, new Date());
  };
  // A clock that goes on, so that one test does not use up what another may inspect.
  let at = Date.now();
  const now = () => {
    at += 10 * secondMs;
    return new Date(at);
  };
  served = await servePages({ inspect, now });
});
afterAll(() => served?.close());

function formOf(parts: readonly (string | Uint8Array<ArrayBuffer>)[], text = ''): FormData {
  const form = new FormData();
  for (const part of parts) form.append('file', new Blob([part]), 'dropped.pem');
  form.append('text', text);
  return form;
}
/** Sent in many pieces. */
const largeForm = () => formOf(Array<string>(4).fill('x'.repeat(200 * 1024)));
const post = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
  served.get('/inspect', { method: 'POST', body: body as FormData, headers });
const field = 'Content-Disposition: form-data; name="text"\r\n';
const multipart = { 'content-type': 'multipart/form-data; boundary="between-parts"' };
const partWith = (headers: string) => `--between-parts\r\n${field}${headers}\r\n${client.pem}\r\n--between-parts--\r\n`;
const said = async (answer: Response) => [answer.status, await answer.text()] as const;

describe('what is inspected', () => {
  test('the form is a page like the others', async () => {
    const [status, page] = await said(await served.get('/inspect'));
    expect(status).toBe(200);
    expect(page).toContain('<form id="inspect"');
    expect(page).toContain('href="/renewals"');
  });

  test('files and pasted text are judged as by the command', async () => {
    for (const form of [
      formOf([client.pem, bundlePem]),
      formOf([], client.pem + bundlePem),
      formOf([bundlePem], client.pem),
    ]) {
      const answer = await post(form);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const [status, page] = await said(answer);
      expect(status).toBe(200);
      expect(page).toMatch(/<h1 class="verdict__heading">Valid, [^<]* days left [^<]*key not given, so not checked</);
      expect(page).toContain('Certification path');
    }
  });

  test('findings say what to do', async () => {
    const [status, page] = await said(await post(formOf([bundlePem.slice(0, -100)])));
    expect(status).toBe(200);
    expect(page).toContain('CA bundle is malformed');
    expect(page).toContain('verdict--critical');
  });
});

describe('a private key', () => {
  test.each([
    ['as a file', formOf([client.pem, client.keyPem])],
    ['as text', formOf([], client.keyPem)],
  ])('%s is refused in words, and nothing of it comes back', async (_, form) => {
    const [status, page] = await said(await post(form));
    expect(status).toBe(422);
    expect(page).toContain('That contains a private key, so it was refused');
    expect(planted.length).toBeGreaterThan(40);
    expect(page).not.toContain(planted);
    expect(page).not.toContain(planted.slice(0, 20));
    expect(served.reported).toEqual([]);
  });
});

describe('what bounds it', () => {
  test('more than 1 MiB is not inspected, however it is sent', async () => {
    const before = looked;
    const [status, page] = await said(await post(formOf(['x'.repeat(1100 * 1024)])));
    expect([status, looked]).toEqual([413, before]);
    expect(page).toContain('more than 1 MiB');
  });

  test('a body without an end is not read for ever', async () => {
    let sent = 0;
    const { port } = new URL(served.url);
    const ended = await new Promise<string>((resolve) => {
      const request = httpRequest({ port, path: '/inspect', method: 'POST', agent: false });
      request.setHeader('content-type', 'multipart/form-data; boundary=x');
      request.on('response', (response) => resolve(String(response.resume().statusCode)));
      request.on('error', () => resolve('closed'));
      const more = () => {
        while (!request.destroyed && sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!request.write(Buffer.alloc(65_536))) return;
        }
      };
      request.on('drain', more);
      more();
    });
    expect(['413', 'closed']).toContain(ended);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('a client that goes away in the middle is no fault of ours, and leaves its place', async () => {
    const { port } = new URL(served.url);
    for (let each = 0; each <= gateLimits.atOnce; each += 1) {
      const request = httpRequest({ port, path: '/inspect', method: 'POST', agent: false });
      request.on('error', () => {});
      request.setHeader('content-type', 'multipart/form-data; boundary=x').setHeader('content-length', 1000);
      request.write('--x\r\n');
      await new Promise((resolve) => setTimeout(resolve, 50));
      request.destroy();
      await new Promise((resolve) => request.once('close', resolve));
    }
    await expect.poll(async () => (await post(formOf([client.pem]))).status).toBe(200);
    expect(served.reported).toEqual([]);
  });

  test.each<[string, RequestInit['body'], Record<string, string>, number]>([
    ['another type', 'x', { 'content-type': 'text/plain' }, 415],
    ['a body that is not what it says', 'x', { 'content-type': 'multipart/form-data; boundary=b' }, 400],
    ['nothing', formOf([]), {}, 400],
    ['more parts than our form has', formOf(Array(20).fill('')), {}, 400],
    ['a part that is mostly headers', partWith('x: y\r\n'.repeat(1000)), multipart, 400],
    ['a part that ends in its headers', `--between-parts\r\n${field}\r\n--between-parts--\r\n`, multipart, 400],
    ['five files', formOf(Array(5).fill(client.pem)), {}, 400],
  ])('%s is refused', async (_, body, headers, status) => {
    const before = looked;
    expect((await post(body, headers)).status).toBe(status);
    expect(looked).toBe(before);
  });

  test('a form that another program made is read', async () => {
    const [status, page] = await said(await post(partWith('Content-Type: text/plain\r\n'), multipart));
    expect([status, page]).toEqual([200, expect.stringContaining('key and chain not given')]);
  });

  test.each<[string, Record<string, string>, number]>([
    ['another site', { origin: 'https://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['another site, as a modern browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling domain', { 'sec-fetch-site': 'same-site' }, 403],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 200],
    ['our own page over plain HTTP', { origin: 'OWN' }, 200],
    ['no browser', {}, 200],
  ])('from %s', async (_, headers, status) => {
    const given = headers.origin === 'OWN' ? { origin: served.url } : headers;
    expect((await post(formOf([client.pem]), given)).status).toBe(status);
  });

  test('whoever may not look may not inspect', async () => {
    let asked = 0;
    const inspect: typeof inspectDropped = (files, now) => {
      asked += 1;
      return inspectDropped(files, now);
    };
    const basicAuth = async () => ({ username: 'a', password: new Secret('b') });
    const other = await servePages({ inspect }, { basicAuth });
    const ask = (headers: Record<string, string>) =>
      other.get('/inspect', { method: 'POST', body: formOf([client.pem]), headers });
    expect([(await ask({})).status, asked]).toEqual([401, 0]);
    expect((await ask({ authorization: `Basic ${btoa('a:b')}` })).status).toBe(200);
    expect(asked).toBe(1);
    await other.close();
  });

  test.each<[string, Record<string, string>, number]>([
    ['from another site', { origin: 'https://evil.example' }, 403],
    ['of another type', { 'content-type': 'text/plain' }, 415],
  ])(
    'a large form %s is refused in words as well, and not by a connection that is reset',
    async (_, headers, status) => {
      const before = looked;
      const [seen, page] = await said(await post(largeForm(), headers));
      expect([seen, looked]).toEqual([status, before]);
      expect(page).toContain('id="inspect-problem"');
    },
  );

  test('with `no-referrer`, browsers would not name our own page as the origin', async () => {
    expect((await served.get('/inspect')).headers.get('referrer-policy')).toBe('same-origin');
    expect((await served.get('/')).headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('other methods are refused, and say which are not', async () => {
    const answer = await served.get('/inspect', { method: 'PUT' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('four at once, thirty in a minute, and one in the threads', async () => {
    const gate = new Gate();
    const at = new Date(0);
    const enter = (now = at) => gate.enter(now);
    const inside = Array.from({ length: gateLimits.atOnce }, () => enter());
    expect(inside.every((leave) => leave !== undefined)).toBe(true);
    expect(enter()).toBeUndefined();
    inside[0]?.();
    enter()?.();
    for (let each = gateLimits.atOnce + 1; each < gateLimits.perMinute; each += 1) enter()?.();
    expect(enter()).toBeUndefined();
    expect(enter(new Date(60 * secondMs))).toBeDefined();
    let running = 0;
    const most: number[] = [];
    const job = async () => {
      running += 1;
      most.push(running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all([
      gate.inTurn(job),
      gate.inTurn(job),
      gate.inTurn(() => Promise.reject(new Error('x'))).catch(() => {}),
      gate.inTurn(job),
    ]);
    expect(most).toEqual([1, 1, 1]);
  });

  test('one that is too many gets 429 and when to come again', async () => {
    const other = await servePages();
    const ask = () => other.get('/inspect', { method: 'POST', body: formOf([client.pem]) });
    for (let each = 0; each < gateLimits.perMinute; each += 1) expect((await ask()).status).toBe(200);
    const answer = await ask();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60']);
    const large = await other.get('/inspect', { method: 'POST', body: largeForm() });
    expect([large.status, await large.text()]).toEqual([429, expect.stringContaining('try again in a minute')]);
    await other.close();
  });
});

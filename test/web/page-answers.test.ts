import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imagesOf, selfContained } from '../../scripts/build/design-system.ts';
import { generateKeys } from '../../src/demo/keys.ts';
import { createRoot, issueServer } from '../../src/demo/pki.ts';
import { daysFromSampleNow } from '../support/status.ts';
import { type Served, servePages } from '../support/web/pages.ts';

let served: Served;
beforeAll(async () => {
  served = await servePages();
});
afterAll(() => served.close());

const text = async (path: string) => (await served.get(path)).text();
const pagePaths = ['/', '/environments/integration', '/renewals', '/renewals/renewal-requested'];

describe('every answer', () => {
  const paths = [...pagePaths, '/calendar.ics', '/api/v1/environments', '/health', '/metrics', '/nothing'];

  test.each(paths)('%s: nothing inline, nothing from elsewhere, no framing, no cookie', async (path) => {
    const { headers } = await served.get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('set-cookie')).toBeNull();
    // RFC 6797 §7.2: never over plain HTTP.
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('has exactly these security headers, and does not say what it is made with', async () => {
    const { headers } = await served.get('/');
    const ofHttp = /^(connection|content-(encoding|length|type)|date|etag|keep-alive|cache-control|vary)$/;
    expect(Object.fromEntries([...headers].filter(([name]) => !ofHttp.test(name)))).toEqual({
      'content-security-policy':
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'origin-agent-cluster': '?1',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-dns-prefetch-control': 'off',
      'x-download-options': 'noopen',
      'x-frame-options': 'DENY',
      'x-permitted-cross-domain-policies': 'none',
      'x-xss-protection': '0',
    });
  });

  test('asks for HTTPS to be kept where it is served over TLS', async () => {
    const keys = await generateKeys('ec-p256');
    const root = await createRoot({
      commonName: 'Test Root',
      notBefore: daysFromSampleNow(-900),
      years: 20,
      key: 'ec-p256',
    });
    const made = await issueServer(root, {
      names: ['localhost', '127.0.0.1'],
      publicKey: keys.publicKey,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
    });
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const other = await servePages({}, { tls: { cert: made.pem, key } });
    const { get } = await import('node:https');
    const value = await new Promise((resolve, reject) => {
      get(`${other.url}/`, { ca: root.pem, agent: false }, (response) => {
        response.resume();
        resolve(response.headers['strict-transport-security']);
      }).on('error', reject);
    });
    expect(value).toBe('max-age=31536000');
    await other.close();
  });

  test.each(pagePaths)('%s: is a page that no cache keeps, and only for reading', async (path) => {
    const { headers } = await served.get(path);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    const posted = await served.get(path, { method: 'POST' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('content-type')).toContain('application/problem+json');
    const head = await served.get(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test.each(pagePaths)('%s: has no inline script, style or handler', async (path) => {
    const page = await text(path);
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(page.match(/<script\b[^>]*>/g)).toEqual([expect.stringMatching(/^<script type="module" src="\/assets\//)]);
  });
});

describe('the assets', () => {
  const linked = async () =>
    [...(await text('/')).matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);

  test('are all there, of their type, and may be kept for ever', async () => {
    const paths = await linked();
    expect(paths.length).toBeGreaterThanOrEqual(4);
    for (const path of paths) {
      const response = await served.get(path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('cache-control')).toMatch(/max-age=31536000.*immutable/);
      expect(response.headers.get('content-type')).toMatch(/css|javascript|svg/);
    }
  });

  test('fetch nothing from elsewhere, and the images they name are there', async () => {
    for (const path of await linked()) {
      const body = await text(path);
      const urls = [...body.matchAll(/url\(([^)]+)\)/g)].map(([, url]) => new URL(url!, `http://x${path}`).pathname);
      for (const url of new Set(urls)) expect([url, (await served.get(url)).status]).toEqual([url, 200]);
      expect(body.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    }
  });

  test('of the design system: the font of another host goes, the images lie beside the stylesheet', () => {
    const css =
      '@font-face{font-family:F;src:url(https://assets.nhs.uk/f.woff2)}a{background:url(/assets/images/x.svg)}';
    expect(selfContained(css)).toBe('a{background:url(x.svg)}');
    expect([...imagesOf(css)]).toEqual(['x.svg']);
  });

  test('of the design system bring their licence along', async () => {
    const stylesheet = (await linked()).find((path) => path.endsWith('nhsuk-frontend.css'))!;
    expect(await text(stylesheet.replace('nhsuk-frontend.css', 'LICENCE.txt'))).toMatch(
      /^NHS\.UK frontend \d.*MIT Licence.*Permission is hereby granted/s,
    );
  });

  test.each([
    '',
    '/',
    '/..%2f..%2fpages.ts',
    '/%2e%2e/pages.ts',
    '/.hidden',
    '/unknown.css',
    '/style.css/x',
    '/page.css',
  ])('nothing else is served: %s', async (rest) => {
    const base = (await linked()).find((path) => path.endsWith('style.css'))!.replace('/style.css', '');
    const response = await served.get(base + rest);
    expect([403, 404]).toContain(response.status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});

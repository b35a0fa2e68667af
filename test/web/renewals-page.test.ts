import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleNow } from '../support/status.ts';
import { recordsOf, richRecords, type Served, sampleCsr, sampleRecord, servePages } from '../support/web/pages.ts';

let served: Served;
beforeAll(async () => {
  served = await servePages();
});
afterAll(() => served.close());

const text = async (path: string, from: Served = served) => (await from.get(path)).text();

describe('the renewals', () => {
  test('are listed the most urgent first, each with whose turn it is and what happens next', async () => {
    const page = await text('/renewals');
    const rows = [...page.matchAll(/page-cell"><a href="[^"]*">([^<]+)<\/a>.*?<strong[^>]*>([^<]+)<\/strong>/gs)];
    expect(rows.slice(0, 5).map(([, name, turn]) => [name, turn])).toEqual([
      ['renewal-failed', 'Your turn'],
      ['renewal-issued', 'Your turn'],
      ['renewal-uncertain', 'Your turn'],
      ['renewal-requested', 'Desk’s turn'],
      ['renewal-deployed', 'Service’s turn'],
    ]);
    expect(page).toContain('The desk’s answer is due by 6 March 2026.');
    expect(page).not.toContain('>sandbox</a>');
  });

  test('that have been recorded are listed newest first', async () => {
    const page = await text('/renewals?list=recorded');
    const places = richRecords()
      .map(({ fingerprintSha256 }) => page.indexOf(`/${fingerprintSha256.slice(0, 16)}"`))
      .reverse();
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('show the message, the request to copy, and where the key is', async () => {
    const page = await text('/renewals/renewal-requested');
    expect(page).toContain('The email as sent');
    expect(page).toContain('Please could you issue a new MESH client certificate.');
    expect(page).toContain('-----BEGIN CERTIFICATE REQUEST-----');
    expect(page).toContain('/var/lib/mesh-cert-monitor/pending/a/private_key-0a1b2c3d.pem');
    expect(page).toContain('&lt;request.0a1b@example.org>');
    expect(page).toMatch(/Certificate desk<\/dt>.{0,120}itoc\.supportdesk@nhs\.net/s);
  });

  test('say in their history whose turn it was after each step, and whose it is', async () => {
    const page = await text('/renewals/renewal-requested');
    const [, history = ''] = page.split('History');
    expect(history).toContain('Then: service’s turn.');
    expect(history).toMatch(/timeline__event--next.*Desk’s turn.*The desk’s answer is due by 6 March 2026\./s);
    expect(await text('/renewals/retired')).not.toContain('timeline__event--next');
  });

  test('give request and message as files, under the name of the environment', async () => {
    const page = await text('/renewals/renewal-requested');
    const [csr = '', eml = ''] = ['csr', 'eml'].map(
      (kind) => new RegExp(`href="([^"]+request\\.${kind})"`).exec(page)?.[1],
    );
    const request = await served.get(csr);
    expect(request.headers.get('content-type')).toBe('application/pkcs10');
    expect(request.headers.get('content-disposition')).toBe('attachment; filename=renewal-requested-request.csr');
    expect(await request.text()).toBe(sampleCsr);
    const message = await served.get(eml);
    expect(message.headers.get('content-type')).toBe('message/rfc822');
    expect(message.headers.get('content-disposition')).toBe('attachment; filename=renewal-requested-request.eml');
    expect(await message.text()).toContain('Please could you issue a new MESH client certificate.');
    for (const [missing, status] of [
      [csr.replace('renewal-requested', 'nobody'), 404],
      [csr.replace('request.csr', 'request.pem'), 404],
    ] as const)
      expect([missing, (await served.get(missing)).status]).toEqual([missing, status]);
    const without = await servePages({ renewalFiles: async () => ({}) });
    expect((await without.get(csr)).status).toBe(404);
    expect(await text('/renewals/renewal-requested', without)).not.toContain('Download');
    await without.close();
  });

  test('of an environment that is configured no longer link to no page of it', async () => {
    expect(await text('/renewals/retired')).toContain('no longer configured');
    expect(await text('/renewals/retired')).not.toContain('href="/environments/retired"');
    expect(await text('/renewals/renewal-requested')).toContain('href="/environments/renewal-requested"');
  });

  test('say that a message was drafted where nobody has sent it', async () => {
    const records = [sampleRecord('integration', 'requested', { delivery: 'drafted' })];
    const other = await servePages({ renewals: () => recordsOf(records) });
    expect(await text('/renewals/integration', other)).toContain('The email as drafted');
    await other.close();
  });

  test('show the open one of an environment, and each by its certificate', async () => {
    const fingerprints = ['a', 'b', 'c'].map((each) => each.repeat(64)) as [string, string, string];
    const records = [
      sampleRecord('x', 'requested', { fingerprintSha256: fingerprints[0], serial: 'AAAA' }),
      sampleRecord('x', 'deployed', { fingerprintSha256: fingerprints[1], serial: 'BBBB', closedAt: sampleNow }),
      sampleRecord('y', 'not_due', { fingerprintSha256: fingerprints[2], serial: 'CCCC' }),
    ];
    const other = await servePages({ renewals: () => recordsOf(records) });
    expect(await text('/renewals/x', other)).toContain('<span>AAAA</span>');
    expect(await text(`/renewals/x/${'b'.repeat(16)}`, other)).toContain('<span>BBBB</span>');
    expect((await other.get(`/renewals/x/${'c'.repeat(16)}`)).status).toBe(404);
    expect((await other.get('/renewals/z')).status).toBe(404);
    await other.close();
  });

  test('that cannot be read are said to be so, and the overview stands', async () => {
    const other = await servePages({ renewals: () => undefined });
    expect(await text('/renewals', other)).toContain('cannot be read');
    expect((await other.get('/')).status).toBe(200);
    await other.close();
  });
});

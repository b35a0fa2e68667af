import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { perPage, select } from '../../src/web/page/overview/select.ts';
import {
  environmentStatus,
  estateOf,
  everyEnvironment,
  handshakeStatusOf,
  sampleFailedHandshake,
  sampleFinding,
  sampleNow,
} from '../support/status.ts';
import {
  recordsOf,
  richEnvironments,
  richRecords,
  type Served,
  sampleCsr,
  sampleRecord,
  servePages,
} from '../support/web/pages.ts';

let served: Served;
beforeAll(async () => {
  served = await servePages();
});
afterAll(() => served.close());

const text = async (path: string, from: Served = served) => (await from.get(path)).text();

describe('the overview', () => {
  test('names every environment, the worst first and then what ends soonest', async () => {
    const { healthy, expired, expiresSoon, expiresImminently, wrongOrder } = everyEnvironment();
    const estate = estateOf([healthy, wrongOrder, expiresSoon, expiresImminently, expired]);
    const page = await withPage(estate.environments, '/');
    const names = [...page.matchAll(/page-cell"><a href="\/environments\/([^"]+)">\1<\/a>/g)].map(([, name]) => name);
    expect(names).toEqual(['expired', 'expires-imminently', 'expires-soon', 'wrong-order', 'integration']);
  });

  test('says in a word how each one is, and in its title how all of them are', async () => {
    const page = await text('/');
    for (const word of ['Act now', 'Needs attention', 'OK', 'Not checked yet'])
      expect(page).toContain(`>${word}</strong>`);
    expect(page).toMatch(/<title>\d+ of \d+ environments need action now – MESH certificates<\/title>/);
  });

  test('says on top which environments need somebody, why, since when, and what to do first', async () => {
    const { expired, expiresSoon, healthy, unchecked } = everyEnvironment();
    const page = await withPage([healthy, expiresSoon, expired, unchecked], '/');
    const [, top = ''] = /<ol class="attention">(.*?)<\/ol>/s.exec(page) ?? [];
    expect([...top.matchAll(/href="\/environments\/([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'expired',
      'expires-soon',
    ]);
    expect(top).toMatch(
      />expired<\/a>\s*<strong>The client certificate expired on <time[^>]*>28 February 2026 at 9:30am/,
    );
    expect(top).toMatch(/since <time [^>]*>27 February 2026<\/time>/);
    expect(top).toContain('Do first: Request a new certificate now');
    expect(await withPage([healthy], '/')).not.toContain('<ol class="attention">');
  });

  test('names the five worst on top, and counts the others', async () => {
    const { expired } = everyEnvironment();
    const page = await withPage(
      [...Array(7).keys()].map((each) => ({ ...expired, name: `e${each}` })),
      '/',
    );
    expect(page.match(/attention__item--critical/g)).toHaveLength(5);
    expect(page).toContain('and 2 more, in the list below');
  });

  test('counts the environments in each state, and leads to the list of them', async () => {
    const { expired, healthy } = everyEnvironment();
    const estate = [expired, healthy, { ...healthy, name: 'other' }];
    const page = await withPage(estate, '/');
    expect(page).toMatch(/href="\/\?state=critical#environments"[^>]*><strong>1<\/strong> Act now/);
    expect(page).toMatch(/href="\/\?state=ok#environments"[^>]*><strong>2<\/strong> OK/);
    const calm = await withPage(estate, '/?state=ok');
    expect(namesIn(calm)).toEqual(['integration', 'other']);
    expect(calm).toContain('2 environments found.');
  });

  test('is in groups by application if there are several with several environments each', async () => {
    const { expired, healthy } = everyEnvironment();
    const of = (application: string, name: string, more = healthy) => ({ ...more, application, name });
    const estate = [of('Alpha', 'a1'), of('Alpha', 'a2'), of('Beta', 'b1'), of('Beta', 'b2', expired)];
    const page = await withPage(estate, '/');
    expect([...page.matchAll(/scope="rowgroup"[^>]*>([^<]+)</g)].map(([, name]) => name)).toEqual(['Beta', 'Alpha']);
    expect(namesIn(page)).toEqual(['b2', 'b1', 'a1', 'a2']);
    const alike = await withPage(estate.slice(1, 3), '/');
    expect(alike).not.toContain('scope="rowgroup"');
    expect(namesIn(await withPage(estate, '/?sort=name'))).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  test('leaves out what would say nothing about any of them', async () => {
    const { expired, healthy } = everyEnvironment();
    expect(await withPage([healthy], '/')).not.toContain('What is wrong');
    expect(await withPage([healthy, expired], '/')).toMatch(/scope="col"[^>]*>What is wrong</);
    expect(await withPage([healthy], '/')).not.toMatch(/scope="col"[^>]*>Path</);
  });

  test('shows the last ninety days of each, in words too', async () => {
    const page = await text('/');
    expect(page).toMatch(/<svg class="day-strip"/);
    expect(page).toContain('Act now on 1 day, Needs attention on 5 days, OK on 74 days, not watched on 10 days');
    const other = await servePages({ past: () => undefined });
    expect(await text('/', other)).not.toContain('day-strip');
    await other.close();
  });

  test('is dark on failure and calm when all is well', async () => {
    expect(await text('/')).toContain('<html lang="en-GB" class="standing-critical">');
    const calm = await withPage([environmentStatus()], '/');
    expect(calm).toContain('<html lang="en-GB" class="standing-ok">');
    expect(calm).toContain('All is well');
  });

  test('says when the configuration on disk is not the one in force', async () => {
    const refused = { file: '/etc/mesh/c.yaml', lastReloadSuccessful: false, lastReloadSuccessAt: sampleNow };
    const other = await servePages({ estate: () => estateOf([environmentStatus()], { configuration: refused }) });
    expect(await text('/', other)).toContain('was rejected');
    expect(await text('/')).not.toContain('was rejected');
    await other.close();
  });

  test('has nothing to show without environments, and says so', async () => {
    expect(await withPage([], '/')).toContain('No environments are configured.');
  });
});

describe('a wrong address', () => {
  const browser = { headers: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } };
  const kind = async (path: string, init?: RequestInit) => {
    const response = await served.get(path, init);
    await response.text();
    return [response.status, response.headers.get('content-type')?.split(';')[0]];
  };

  test('is a page to a browser, and problem details to everyone else', async () => {
    expect(await kind('/enviroments', browser)).toEqual([404, 'text/html']);
    expect(await kind('/enviroments')).toEqual([404, 'application/problem+json']);
    expect(await kind('/api/v2/environments', browser)).toEqual([404, 'application/problem+json']);
    expect(await kind('/enviroments', { ...browser, method: 'POST' })).toEqual([404, 'application/problem+json']);
    expect(await (await served.get('/enviroments', browser)).text()).toContain('There is no page at this address.');
  });
});

describe('five thousand environments', () => {
  const many = [...Array(5000).keys()].map((each) =>
    environmentStatus({ name: `trust-${String(each).padStart(4, '0')}`, mailboxId: `X26M${each}` }),
  );

  test('are shown fifty a page, with links to the pages around', async () => {
    const page = await withPage(many, '/?page=3');
    expect(page.match(/href="\/environments\/trust-\d+">trust/g)).toHaveLength(perPage + 1); // and the next to expire
    expect(page).toContain('>trust-0100</a>');
    expect(page).toContain('<a class="nhsuk-pagination__previous" href="/?page=2" rel="prev">');
    expect(page).toContain('href="/?page=100" aria-label="Page 100"');
  });

  test('are found by any of their words, whatever the case', () => {
    const found = (query: string) => select(many, { query }, 1, sampleNow).environments.map(({ name }) => name);
    expect(found('TRUST-0042')).toEqual(['trust-0042']);
    expect(found('x26m4999 mavis')).toEqual(['trust-4999']);
    expect(found('nobody')).toEqual([]);
    expect(select(many, { query: '' }, 1, sampleNow).found).toBe(5000);
  });

  test('a search keeps its words from page to page, and puts them in no markup', async () => {
    const page = await withPage(many, '/?q=trust&page=2');
    expect(page).toContain('href="/?q=trust&amp;page=3"');
    const evil = await withPage(many, `/?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(evil).toContain('value="&quot;>&lt;script>alert(1)&lt;/script>"');
    expect(evil).not.toContain('<script>');
    expect(evil).toContain('No environments match.');
  });

  test.each(['0', '-1', '1e3', 'x', '99999999999', '1&page=2'])('?page=%s leads somewhere', async (page) => {
    expect(await withPage(many, `/?page=${page}`)).toContain('>trust-');
  });

  test('a page beyond the last is the last, and one before the first is the first', () => {
    const page = (asked: number, of = many) => select(of, { query: '' }, asked, sampleNow);
    expect(page(0).page).toBe(1);
    expect(page(100).page).toBe(100);
    expect(page(101).page).toBe(100);
    expect(page(7, [])).toMatchObject({ page: 1, pages: 1, found: 0 });
  });
});

describe('an environment’s page', () => {
  test.each(richEnvironments().map(({ name }) => name))(
    '%s: its findings with what to do, worst first',
    async (name) => {
      const environment = richEnvironments().find((each) => each.name === name)!;
      const page = await text(`/environments/${name}`);
      const places = environment.findings.map(({ code }) => page.indexOf(`<code>${code}</code>`));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
      for (const { remedy } of environment.findings.filter(({ consequenceOf }) => !consequenceOf))
        expect(page).toContain(remedy.split('`')[0]!.replaceAll('&', '&amp;'));
      expect(page).toContain('What was found');
    },
  );

  test('says what to do first on top, then what was found, then what depends on time, and the certificates last', async () => {
    const page = await text('/environments/expired');
    const headings = [
      'Do this first',
      'What was found',
      'Handshake with MESH',
      'Renewal',
      'Checks',
      'Certification path',
    ];
    const places = headings.map((each) => page.search(new RegExp(`<h2[^>]*>\\s*${each}`)));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(await text('/environments/integration')).not.toContain('Do this first');
  });

  test('folds away what follows from the cause, and names the cause', async () => {
    const findings = [sampleFinding('certificate_expired'), sampleFinding('handshake_failed')];
    const handshake = handshakeStatusOf(sampleFailedHandshake('client_certificate_expired'));
    const page = await withPage([environmentStatus({ findings, handshake })], '/environments/integration');
    expect(page).toMatch(/1 finding that follows from this and\s*needs no action/);
    expect(page).toContain('which follows from “client certificate has expired”');
    expect(page.match(/Do this:/g)).toHaveLength(1);
  });

  test('a check whose input could not be read is not judged, and not failed', async () => {
    const page = await text('/environments/unreadable');
    expect(page.match(/>Failed</g)).toHaveLength(1);
    expect(page.match(/>Not judged</g)?.length).toBeGreaterThan(3);
  });

  test('draws the path from the client to the root, with dates, key, serial number and fingerprint', async () => {
    const page = await text('/environments/integration');
    const roles = ['Client certificate', 'Issuing CA', 'Root CA'].map((role) => page.indexOf(`>${role}</p>`));
    expect(roles).toEqual([...roles].sort((a, b) => a - b));
    expect(roles).not.toContain(-1);
    expect(page.match(/>issued by</g)).toHaveLength(2);
    expect(page).toContain('<span>0A1B</span><span>2C3D</span>');
    expect(page).toContain('RSA 4096 bits');
    expect(page).toContain(
      '<time datetime="2026-12-22T09:30:00Z" title="2026-12-22 09:30:00 UTC">22 December 2026 at 9:30am</time>',
    );
  });

  test('shows where a chain breaks off', async () => {
    expect(await text('/environments/broken-chain')).toContain('<strong>Missing:</strong>');
    expect(await text('/environments/integration')).not.toContain('<strong>Missing:</strong>');
  });

  test('shows the certificates that were last seen when the files have gone bad, and says so', async () => {
    expect(await text('/environments/unreadable')).toContain('These are the certificates that were last read');
    expect(await text('/environments/integration')).not.toContain('that were last read');
  });

  test('tells every phase of the handshake in words', async () => {
    const page = await text('/environments/integration');
    for (const words of ['Name lookup', 'Connect', 'TLS handshake', 'Request']) expect(page).toContain(words);
    expect(page).toContain('<strong>40 ms</strong>');
    expect(await text('/environments/refused-client-certificate-rejected')).toContain('<strong>not completed</strong>');
  });

  test('says the history of handshakes as a table too', async () => {
    const page = await text('/environments/integration');
    expect(page).toContain('The last 24 handshakes: 3 failed');
    expect(page.match(/history__cross/g)).toHaveLength(3);
    expect(page.match(/>The connection timed out<\/td>/g)).toHaveLength(3);
  });

  test('of an unknown name is 404, as a page, whose header is about all environments', async () => {
    const response = await served.get('/environments/unknown');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).toContain('<html lang="en-GB" class="standing-critical">');
    expect(page).toContain('All environments: Act now');
  });

  test('that is OK says so below a header that is about all of them', async () => {
    const page = await text('/environments/integration');
    expect(page).toContain('<html lang="en-GB" class="standing-critical">');
    expect(page).toContain('All environments: Act now');
    expect(page).toContain('verdict--ok');
    expect(page).toMatch(/rel="icon"[^>]*icon-ok\.svg/);
  });

  test('the life of its certificate has the colour of its state', async () => {
    const colours = async (name: string) =>
      [...(await text(`/environments/${name}`)).matchAll(/class="time-bar time-bar--(\w+)"/g)].map(([, each]) => each);
    expect(await colours('expires-soon')).toEqual(['warning', 'warning', 'ok', 'ok']);
    expect(await colours('expires-imminently')).toEqual(['critical', 'critical', 'ok', 'ok']);
    expect(await colours('integration')).toEqual(['ok', 'ok', 'ok', 'ok']);
  });
});

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
    expect(page).toContain('The desk answers by 6 March 2026.');
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
    expect(history).toMatch(/timeline__event--next.*Desk’s turn.*The desk answers by 6 March 2026\./s);
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

/** In the order of the table. */
const namesIn = (page: string) =>
  [...page.matchAll(/page-cell"><a href="\/environments\/([^"]+)">/g)].map(([, name]) => name);

async function withPage(environments: readonly EnvironmentStatus[], path: string): Promise<string> {
  const other = await servePages({ estate: () => estateOf(environments) });
  const page = await text(path, other);
  await other.close();
  return page;
}

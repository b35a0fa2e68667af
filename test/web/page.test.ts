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
    const names = [...page.matchAll(/href="\/environments\/([^"]+)">\1<\/a><span/g)].map(([, name]) => name);
    expect(names).toEqual(['expired', 'expires-imminently', 'expires-soon', 'wrong-order', 'integration']);
  });

  test('says in a word how each one is, and in its title how all of them are', async () => {
    const page = await text('/');
    for (const word of ['Act now', 'Needs attention', 'OK', 'Not checked yet'])
      expect(page).toContain(`>${word}</strong>`);
    expect(page).toMatch(/<title>\d+ of \d+ environments need action now – MESH certificates<\/title>/);
  });

  test('says what to do first, and shows a path only where something about one matters', async () => {
    const { expired, healthy } = everyEnvironment();
    const calm = await withPage([healthy, expired], '/');
    expect(calm).toContain('Do first:');
    expect(calm).not.toMatch(/scope="col"[^>]*>Path</);
    const broken = environmentStatus({ findings: [sampleFinding('chain_untrusted')] });
    expect(await withPage([healthy, broken], '/')).toMatch(/scope="col"[^>]*>Path</);
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
    const found = (query: string) => select(many, query, 1).environments.map(({ name }) => name);
    expect(found('TRUST-0042')).toEqual(['trust-0042']);
    expect(found('x26m4999 mavis')).toEqual(['trust-4999']);
    expect(found('nobody')).toEqual([]);
    expect(select(many, '', 1).found).toBe(5000);
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
    expect(select(many, '', 0).page).toBe(1);
    expect(select(many, '', 100).page).toBe(100);
    expect(select(many, '', 101).page).toBe(100);
    expect(select([], '', 7)).toMatchObject({ page: 1, pages: 1, found: 0 });
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
    expect(page).toContain('from <code>certificate_expired</code>');
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
    expect(page).toContain('<time datetime="2026-12-22T09:30:00Z">22 December 2026, 09:30 GMT</time>');
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

  test('of an unknown name is 404, as a page', async () => {
    const response = await served.get('/environments/unknown');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});

describe('the renewals', () => {
  test('that need attention are on top, the first to expire first, with why and what to do', async () => {
    const { expiresImminently, failed, healthy } = everyEnvironment();
    const urgent = environmentStatus({
      ...expiresImminently,
      name: 'urgent',
      findings: [sampleFinding('renewal_overdue', 'Too late to ask.')],
    });
    const page = await withPage([healthy, failed, urgent], '/renewals');
    const [top = ''] = page.split('All renewals');
    expect([...top.matchAll(/href="\/environments\/([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'urgent',
      'renewal-failed',
    ]);
    expect(top).toContain('Too late to ask.');
    expect(top).toContain('Do this:');
    expect(await withPage([healthy], '/renewals')).not.toContain('Needs attention');
  });

  test('are listed newest first', async () => {
    const page = await text('/renewals');
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

async function withPage(environments: readonly EnvironmentStatus[], path: string): Promise<string> {
  const other = await servePages({ estate: () => estateOf(environments) });
  const page = await text(path, other);
  await other.close();
  return page;
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { perPage, select } from '../../src/web/page/overview/select.ts';
import { environmentStatus, estateOf, everyEnvironment, sampleNow } from '../support/status.ts';
import { type Served, servePages } from '../support/web/pages.ts';

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
    expect(page).toMatch(/<title>\d+ of \d+ environments need action now, \d+ more soon – MESH certificates<\/title>/);
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

/** In the order of the table. */
const namesIn = (page: string) =>
  [...page.matchAll(/page-cell"><a href="\/environments\/([^"]+)">/g)].map(([, name]) => name);

async function withPage(environments: readonly EnvironmentStatus[], path: string): Promise<string> {
  const other = await servePages({ estate: () => estateOf(environments) });
  const page = await text(path, other);
  await other.close();
  return page;
}

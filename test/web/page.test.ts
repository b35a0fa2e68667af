import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import {
  accepted,
  environmentStatus,
  estateOf,
  handshakeStatusOf,
  sampleFailedHandshake,
  sampleFinding,
} from '../support/status.ts';
import { richEnvironments, type Served, servePages } from '../support/web/pages.ts';

let served: Served;
beforeAll(async () => {
  served = await servePages();
});
afterAll(() => served.close());

const text = async (path: string, from: Served = served) => (await from.get(path)).text();

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

  test('that is OK, and has a certificate that waits to be deployed, says that first, with the command', async () => {
    const page = await withPage([accepted()], '/environments/integration');
    expect(page).toMatch(/<h1[^>]*>\s*The new certificate has been issued and is not deployed yet/);
    expect(page).toMatch(
      /Do this first[\s\S]*Deploy the certificate that was issued\.[\s\S]*<code>cat INSTRUCTIONS\.txt</,
    );
    expect(page).toContain('verdict--ok');
    const overview = await withPage([accepted()], '/');
    expect(overview).toContain('All is well');
    expect(overview).toContain('The new certificate has been issued and is not deployed yet');
  });

  test('the life of its certificate has the colour of its state', async () => {
    const colours = async (name: string) =>
      [...(await text(`/environments/${name}`)).matchAll(/class="time-bar time-bar--(\w+)"/g)].map(([, each]) => each);
    expect(await colours('expires-soon')).toEqual(['warning', 'warning', 'ok', 'ok']);
    expect(await colours('expires-imminently')).toEqual(['critical', 'critical', 'ok', 'ok']);
    expect(await colours('integration')).toEqual(['ok', 'ok', 'ok', 'ok']);
  });
});

async function withPage(environments: readonly EnvironmentStatus[], path: string): Promise<string> {
  const other = await servePages({ estate: () => estateOf(environments) });
  const page = await text(path, other);
  await other.close();
  return page;
}

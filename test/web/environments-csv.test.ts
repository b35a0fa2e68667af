import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentsCsv } from '../../src/web/environments-csv.ts';
import { environmentStatus, everyEnvironment, sampleNow } from '../support/status.ts';
import { richEnvironments, type Served, servePages } from '../support/web/pages.ts';

let served: Served;
beforeAll(async () => {
  served = await servePages();
});
afterAll(() => served.close());

/** RFC 4180: quoted fields may contain commas, quotation marks and line ends. */
function parsed(csv: string): string[][] {
  return csv
    .split('\r\n')
    .slice(0, -1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
}
const csvOf = (...environments: Parameters<typeof environmentsCsv>[0]) =>
  parsed([...environmentsCsv(environments, sampleNow)].join(''));

describe('the overview as CSV', () => {
  test('one line for each environment, worst first, on one sheet', async () => {
    const answer = await served.get('/environments.csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const [heading, ...lines] = parsed(await answer.text());
    expect(heading?.slice(0, 3)).toEqual(['environment', 'status', 'cause']);
    expect(lines).toHaveLength(richEnvironments().length);
    expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([heading?.length]));
    const statuses = lines.map(([, status]) => status);
    expect(statuses.indexOf('ok')).toBeGreaterThan(statuses.lastIndexOf('critical'));
  });

  test('of what was searched for', async () => {
    const [, ...lines] = parsed(await (await served.get('/environments.csv?q=sandbox')).text());
    expect(lines.map(([name]) => name)).toEqual(['sandbox']);
    expect(await (await served.get('/?q=sandbox')).text()).toContain('href="/environments.csv?q=sandbox"');
  });

  test('says what the page says', () => {
    const [, line] = csvOf(everyEnvironment().expired);
    expect(line?.slice(0, 3)).toEqual(['expired', 'critical', 'certificate_expired']);
    expect(line).toContain('-2');
    expect(line).toContain('2026-02-28T09:30:00Z');
  });

  test('nothing in it is a formula, a second line, or acts on who opens it', () => {
    for (const application of ['=cmd|1', '+1', '@sum', '-2+3', 'a,b', 'say "x"', 'x\r\n=y', '\u202e=z']) {
      const text = [...environmentsCsv([environmentStatus({ application })], sampleNow)].join('');
      expect(text.split('\r\n')).toHaveLength(3);
      const [, line] = parsed(text);
      expect(
        line?.every((field) => !/^[=+@\u202e]|^-\D/.test(field)),
        JSON.stringify(line),
      ).toBe(true);
    }
    expect(csvOf(environmentStatus({ application: '-2+3' }))[1]).toContain("'-2+3");
  });
});

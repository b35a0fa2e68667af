import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreError } from '../../src/renewal/index.ts';
import { openApiDocument } from '../../src/web/api/openapi.ts';
import { environmentStatus, estateOf, everyEnvironment } from '../support/status.ts';
import { recordsOf, richEnvironments, richRecords, type Served, servePages } from '../support/web/pages.ts';

let served: Served;
beforeAll(async () => {
  served = await servePages();
});
afterAll(() => served.close());

const paths = ['/api/v1/environments', '/api/v1/environments/integration', '/api/v1/renewals', '/api/v1/openapi.json'];

describe('the OpenAPI document', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(await (await served.get('/api/v1/openapi.json')).json());
    expect(result.errors ?? []).toEqual([]);
    expect(result).toMatchObject({ valid: true });
    expect(openApiDocument().openapi).toMatch(/^3\.1\./);
  });

  test('describes every route of the API, and no other', () => {
    expect(Object.keys(openApiDocument().paths)).toEqual([
      '/api/v1/environments',
      '/api/v1/environments/{name}',
      '/api/v1/renewals',
      '/api/v1/openapi.json',
    ]);
  });

  test('lets fields be added', () => {
    expect(JSON.stringify(openApiDocument())).not.toContain('additionalProperties');
  });
});

/** The document’s own schema of an answer, and with `strict` one that refuses whatever the document does not name. */
function schemaOf(path: keyof ReturnType<typeof openApiDocument>['paths'], strict = false): ValidateFunction {
  const document = openApiDocument();
  const text = JSON.stringify(document.components.schemas, (_key, value) =>
    strict && value && typeof value === 'object' && 'properties' in value && value.type === 'object'
      ? { ...value, additionalProperties: false }
      : value,
  );
  const { $ref } = document.paths[path].get.responses[200].content['application/json'].schema;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  return ajv.compile({ $ref, components: { schemas: JSON.parse(text) } });
}

function expectValid(check: ValidateFunction, answer: unknown) {
  check(answer);
  expect(check.errors ?? []).toEqual([]);
}

describe('every answer is what the document says', () => {
  test('the list of environments, in every state', async () => {
    const answer = await (await served.get('/api/v1/environments')).json();
    expect(answer.environments).toHaveLength(richEnvironments().length);
    expectValid(schemaOf('/api/v1/environments', true), answer);
  });

  test.each(richEnvironments().map(({ name }) => name))('environment %s', async (name) => {
    const response = await served.get(`/api/v1/environments/${name}`);
    expect(response.status).toBe(200);
    expectValid(schemaOf('/api/v1/environments/{name}', true), await response.json());
  });

  test('the renewals', async () => {
    const answer = await (await served.get('/api/v1/renewals')).json();
    expect(answer.renewals).toHaveLength(richRecords().length);
    expectValid(schemaOf('/api/v1/renewals', true), answer);
  });

  test('a wrong type, a missing field and an unknown field would be noticed', async () => {
    const answer = await (await served.get('/api/v1/environments/integration')).json();
    const check = schemaOf('/api/v1/environments/{name}', true);
    expect(check({ ...answer, valid: 'yes' })).toBe(false);
    expect(check({ ...answer, name: undefined })).toBe(false);
    expect(check({ ...answer, handshakeHistory: undefined })).toBe(false);
    expect(check({ ...answer, extra: 1 })).toBe(false);
  });
});

describe('the list', () => {
  test('is in the order of the names, whatever the order of the configuration', async () => {
    const names = ['b', 'Z', 'a-10', 'a-2'];
    const other = await servePages({ estate: () => estateOf(names.map((name) => environmentStatus({ name }))) });
    const { environments } = await (await other.get('/api/v1/environments')).json();
    await other.close();
    expect(environments.map(({ name }: { name: string }) => name)).toEqual(['Z', 'a-10', 'a-2', 'b']);
  });

  test('says how the worst of them is', async () => {
    const { healthy, wrongOrder } = everyEnvironment();
    const other = await servePages({ estate: () => estateOf([healthy, wrongOrder]) });
    expect(await (await other.get('/api/v1/environments')).json()).toMatchObject({ status: 'warning' });
    await other.close();
    expect(await (await served.get('/api/v1/environments')).json()).toMatchObject({ status: 'critical' });
  });

  test('of nothing is empty', async () => {
    const other = await servePages({ estate: () => estateOf([]), renewals: () => recordsOf([]) });
    expect(await (await other.get('/api/v1/environments')).json()).toEqual({ status: 'ok', environments: [] });
    expect(await (await other.get('/api/v1/renewals')).json()).toEqual({ renewals: [] });
    await other.close();
  });

  test('of thousands lets other requests have their turn', async () => {
    const large = estateOf([...Array(3000).keys()].map((each) => environmentStatus({ name: `environment-${each}` })));
    const other = await servePages({ estate: () => large });
    const answered: string[] = [];
    const list = other
      .get('/api/v1/environments')
      .then((response) => response.text())
      .then(() => answered.push('list'));
    await other.get('/health/live').then(() => answered.push('live'));
    await list;
    expect(answered).toEqual(['live', 'list']);
    await other.close();
  });
});

describe('ETags', () => {
  test.each(paths)('%s: 304 for who has it, 200 for who has another', async (path) => {
    const first = await served.get(path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[A-Za-z0-9_-]{22}"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const again = await served.get(path, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(etag);
    expect(await again.text()).toBe('');
    expect((await served.get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    expect((await served.get(path, { headers: { 'if-none-match': `"other", ${etag}` } })).status).toBe(304);
  });

  test('change with the answer', async () => {
    let estate = estateOf([environmentStatus()]);
    const other = await servePages({ estate: () => estate });
    const before = (await other.get('/api/v1/environments')).headers.get('etag') ?? '';
    estate = estateOf([everyEnvironment().expired]);
    const after = await other.get('/api/v1/environments', { headers: { 'if-none-match': before } });
    expect(after.status).toBe(200);
    expect(after.headers.get('etag')).not.toBe(before);
    await other.close();
  });
});

describe('errors', () => {
  test('an unknown environment is 404 in problem details', async () => {
    const response = await served.get('/api/v1/environments/unknown');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 404, title: 'Not Found' });
  });

  test('one damaged record is 503 too, with its reason in the log alone', async () => {
    const damaged = () => {
      throw new StoreError('/var/lib/mesh/renewals.sqlite: the database is damaged');
    };
    const other = await servePages({ renewals: () => ({ count: 1, slice: damaged, of: damaged }) });
    for (const path of ['/api/v1/renewals', '/renewals?list=recorded', '/renewals/healthy']) {
      const response = await other.get(path);
      expect([path, response.status]).toEqual([path, 503]);
      expect(await response.json()).toMatchObject({ detail: 'The record of renewals cannot be read at the moment.' });
    }
    expect(other.reported).toHaveLength(3);
    await other.close();
  });

  test('a record of renewals that cannot be read is 503, and the environments are answered all the same', async () => {
    const other = await servePages({ renewals: () => undefined });
    const response = await other.get('/api/v1/renewals');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect((await other.get('/api/v1/environments')).status).toBe(200);
    await other.close();
  });

  test.each(paths)('%s refuses to be written to', async (path) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await served.get(path, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
      expect(await response.json()).toMatchObject({ status: 405 });
    }
  });

  test.each(paths)('%s answers HEAD like GET, without a body', async (path) => {
    const [head, full] = [await served.get(path, { method: 'HEAD' }), await served.get(path)];
    expect(head.status).toBe(200);
    for (const name of ['etag', 'content-type', 'content-length'])
      expect(head.headers.get(name)).toBe(full.headers.get(name));
    expect(await head.text()).toBe('');
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSecretCommand, DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { readContent, readSource, refreshSources, type Source } from '../../../src/sources/index.ts';
import { awsError } from '../../support/stores/between.ts';
import { motoServer, useMoto } from '../../support/stores/moto.ts';

describe.skipIf(!motoServer)('aws_secret', () => {
  const aws = useMoto();
  const { settings } = aws;
  const secret = (id: string, jsonKey?: string, store = settings()): Source => ({
    kind: 'aws_secret',
    id,
    ...(jsonKey === undefined ? {} : { jsonKey }),
    store,
  });
  const text = async (source: Source) => (await readSource(source, {})).toString();
  const create = (Name: string, value: string | Uint8Array) =>
    aws.moto.secrets.send(
      new CreateSecretCommand({
        Name,
        ...(typeof value === 'string' ? { SecretString: value } : { SecretBinary: value }),
      }),
    );
  const put = (SecretId: string, SecretString: string) =>
    aws.moto.secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));

  test('the values of one secret come from one call, and from one version', async () => {
    const store = settings();
    await create('mesh/int', JSON.stringify({ cert: 'c1', key: 'k1', port: 8 }));
    const parts = ['cert', 'key', 'port'].map((key) => secret('mesh/int', key, store));
    expect(await Promise.all(parts.map(text))).toEqual(['c1', 'k1', '8']);
    expect(aws.between.asked()).toEqual(['BatchGetSecretValue']);
    await put('mesh/int', JSON.stringify({ cert: 'c2', key: 'k2' }));
    await refreshSources([parts], {});
    expect(aws.between.asked()).toEqual(['BatchGetSecretValue']);
    expect(await Promise.all(parts.slice(0, 2).map(text))).toEqual(['c2', 'k2']);
  });

  test('a whole secret, a binary one, and one named by its ARN', async () => {
    const { ARN = '' } = await create('mesh/whole', 'everything');
    await create('mesh/binary', Buffer.from('308201', 'hex'));
    expect(await text(secret('mesh/whole'))).toBe('everything');
    expect(await text(secret(ARN))).toBe('everything');
    // As infrastructure code often has it: without what AWS adds to the name.
    expect(await text(secret(ARN.replace(/-[A-Za-z0-9]{6}$/, '')))).toBe('everything');
    expect((await readContent(secret('mesh/binary'), {})).bytes.toString('hex')).toBe('308201');
  });

  test.each([
    ['binary', Buffer.from('00ff', 'hex'), 'is binary, so it has no keys'],
    ['not JSON', 'planted-text', 'is not JSON'],
    ['a list', '["planted"]', 'is not a JSON object'],
    ['without the key', '{"other":"planted"}', 'does not exist; the secret has 1 other key'],
    ['nested', '{"key":{"a":"planted"}}', 'is not text'],
    ['empty', '{"key":""}', 'is empty'],
  ])('a secret that is %s is refused without being quoted', async (name, value, says) => {
    const id = `mesh/odd/${name.replaceAll(' ', '-')}`;
    await create(id, value);
    await expect(readSource(secret(id, 'key'), {})).rejects.toMatchObject({
      message: `AWS secret ${id} (key key) ${says}`,
    });
  });

  test('a secret that was deleted, or never was, is missing; the others in the batch are read', async () => {
    const store = settings();
    await create('mesh/gone', 'x');
    await create('mesh/here', 'x');
    await aws.moto.secrets.send(new DeleteSecretCommand({ SecretId: 'mesh/gone' }));
    const [gone, never, here] = await Promise.allSettled(
      ['mesh/gone', 'mesh/never', 'mesh/here'].map((id) => text(secret(id, undefined, store))),
    );
    expect(gone).toMatchObject({ reason: { isMissing: true } });
    expect(never).toMatchObject({ reason: { isMissing: true, message: 'AWS secret mesh/never does not exist' } });
    expect(here).toMatchObject({ value: 'x' });
  });

  test('who may not read several at once reads one after the other', async () => {
    await create('mesh/one', '1');
    await create('mesh/two', '2');
    aws.between.answer = (asked) => (asked.startsWith('Batch') ? awsError('AccessDeniedException') : undefined);
    const store = settings();
    const sources = ['mesh/one', 'mesh/two'].map((id) => secret(id, undefined, store));
    expect(await Promise.all(sources.map(text))).toEqual(['1', '2']);
    aws.between.asked();
    await refreshSources([sources], {});
    expect(aws.between.asked().sort()).toEqual(['GetSecretValue', 'GetSecretValue']);
  });

  test('who reads one after the other waits out throttling, and asks four at a time', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `mesh/each/${index}`);
    for (const id of ids) await create(id, id);
    let [running, most, throttled] = [0, 0, 0];
    aws.between.answer = async (asked) => {
      if (asked.startsWith('Batch')) return awsError('AccessDeniedException');
      running += 1;
      most = Math.max(most, running);
      await sleep(300);
      running -= 1;
      throttled += 1;
      return throttled <= 2 ? awsError('ThrottlingException') : undefined;
    };
    const store = settings();
    expect(await Promise.all(ids.map((id) => text(secret(id, undefined, store))))).toEqual(ids);
    expect(most).toBeLessThanOrEqual(4);
  });

  test('where everything is forbidden, not every secret is asked for by itself', async () => {
    aws.between.answer = () => awsError('AccessDeniedException');
    const store = settings();
    const sources = Array.from({ length: 200 }, (_, index) => secret(`mesh/forbidden/${index}`, undefined, store));
    aws.between.asked();
    await refreshSources(
      sources.map((each) => [each]),
      {},
    );
    expect(aws.between.asked().length).toBeLessThan(200);
    for (const each of sources) await expect(text(each)).rejects.toMatchObject({ unavailable: { kind: 'denied' } });
  });

  test('a secret that is forbidden, and a store that is throttled, are named', async () => {
    aws.between.answer = () => awsError('AccessDeniedException');
    await expect(readSource(secret('mesh/x'), {})).rejects.toMatchObject({
      message:
        'AWS secret mesh/x could not be read: AWS Secrets Manager refused GetSecretValue (AccessDeniedException)',
      unavailable: { kind: 'denied', remedy: expect.stringContaining('mesh-cert-monitor permissions') as string },
    });
    aws.between.answer = () => awsError('ThrottlingException');
    await expect(readSource(secret('mesh/x'), {})).rejects.toMatchObject({ unavailable: { kind: 'throttled' } });
  });
});

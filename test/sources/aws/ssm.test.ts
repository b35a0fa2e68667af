import { describe, expect, test, vi } from 'vitest';
import { readContent, readSource, refreshSources, type Source } from '../../../src/sources/index.ts';
import { awsError } from '../../support/stores/between.ts';
import { motoServer, useMoto } from '../../support/stores/moto.ts';

describe.skipIf(!motoServer)('aws_ssm', () => {
  const aws = useMoto();
  const { settings } = aws;
  const parameter = (name: string, store = settings()): Source => ({ kind: 'aws_ssm', name, store });
  const text = async (source: Source) => (await readSource(source, {})).toString();

  test('a SecureString is read decrypted, and a String is known to be plain', async () => {
    await aws.moto.put('/mesh/MESH_CLIENT_KEY', 'the key');
    await aws.moto.put('/mesh/MESH_CLIENT_CERT', 'the certificate', 'String');
    const store = settings();
    const [key, certificate] = await Promise.all(
      ['/mesh/MESH_CLIENT_KEY', '/mesh/MESH_CLIENT_CERT'].map((name) => readContent(parameter(name, store), {})),
    );
    expect(key).toEqual({ bytes: Buffer.from('the key') });
    expect(certificate).toEqual({ bytes: Buffer.from('the certificate'), isPlain: true });
    expect(aws.between.asked()).toEqual(['GetParameters']);
  });

  test('a cycle asks for versions, and reads only what has a new one', async () => {
    const store = settings();
    const names = Array.from({ length: 25 }, (_, index) => `/app/mesh/mailboxes/${index}/MAILBOX_PASSWORD`);
    for (const name of names) await aws.moto.put(name, 'before');
    const sources = names.map((name) => parameter(name, store));
    aws.between.asked();
    await refreshSources(
      sources.map((each) => [each]),
      {},
    );
    expect(aws.between.asked()).toEqual(['GetParameters', 'GetParameters', 'GetParameters']);
    await refreshSources(
      sources.map((each) => [each]),
      {},
    );
    // In pages, which never are more calls than reading would be.
    const asked = aws.between.asked();
    expect(new Set(asked)).toEqual(new Set(['DescribeParameters']));
    expect(asked.length).toBeLessThanOrEqual(3);
    await aws.moto.put(names[3]!, 'after');
    await refreshSources(
      sources.map((each) => [each]),
      {},
    );
    expect(aws.between.asked().filter((each) => each !== 'DescribeParameters')).toEqual(['GetParameters']);
    expect(await text(sources[3]!)).toBe('after');
    expect(await text(sources[4]!)).toBe('before');
    expect(aws.between.asked()).toEqual([]);
  });

  test('a version, a label and an ARN can be named, and are read in each cycle', async () => {
    const store = settings();
    await aws.moto.put('/mesh/versions', 'one');
    await aws.moto.label('/mesh/versions', 'deployed');
    await aws.moto.put('/mesh/versions', 'two');
    const arn = 'arn:aws:ssm:eu-west-2:123456789012:parameter/mesh/versions';
    const sources = ['/mesh/versions', '/mesh/versions:1', '/mesh/versions:deployed', arn, `${arn}:1`].map((name) =>
      parameter(name, store),
    );
    // AWS takes a parameter once in a call.
    for (const [index, wanted] of ['two', 'one', 'one', 'two', 'one'].entries())
      expect(await text(sources[index]!)).toBe(wanted);
    aws.between.asked();
    await refreshSources([[sources[1]!]], {});
    expect(aws.between.asked()).toEqual(['GetParameters']);
    await refreshSources([[sources[0]!]], {});
    expect(aws.between.asked()).toEqual(['DescribeParameters']);
  });

  test('a parameter that does not exist, or was deleted, is missing', async () => {
    await expect(readSource(parameter('/mesh/nothing'), {})).rejects.toMatchObject({
      message: 'SSM parameter /mesh/nothing does not exist',
      isMissing: true,
    });
  });

  test.each([
    ['throttled', awsError('ThrottlingException'), 'did not answer GetParameters (ThrottlingException)', 'throttled'],
    ['forbidden', awsError('AccessDeniedException'), 'refused GetParameters (AccessDeniedException)', 'denied'],
    [
      'failing',
      awsError('InternalServerError', 500),
      'did not answer GetParameters (InternalServerError)',
      'unreachable',
    ],
    ['cut off', 'reset', 'did not answer GetParameters (ECONNRESET)', 'unreachable'],
  ] as const)('a store that is %s is named with operation and class', async (_, answer, says, kind) => {
    aws.between.answer = () => answer;
    await expect(readSource(parameter('/mesh/x'), {})).rejects.toMatchObject({
      message: `SSM parameter /mesh/x could not be read: AWS Systems Manager Parameter Store ${says}`,
      isMissing: false,
      unavailable: { kind, operation: 'GetParameters' },
    });
  });

  test('a store that never answers is given up after five seconds', async () => {
    aws.between.answer = () => 'hang';
    await expect(readSource(parameter('/mesh/x'), {})).rejects.toMatchObject({
      unavailable: { kind: 'unreachable', errorClass: 'no answer in time' },
    });
  });

  test('a store that is not there is named with the reason', async () => {
    const nowhere: Source = {
      kind: 'aws_ssm',
      name: '/x',
      store: { endpoint: 'http://127.0.0.1:1', region: 'eu-west-2' },
    };
    await expect(readSource(nowhere, {})).rejects.toMatchObject({ unavailable: { errorClass: 'ECONNREFUSED' } });
  });

  test('without a region or an identity, it says what is missing', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    const noRegion: Source = { kind: 'aws_ssm', name: '/x', store: { endpoint: `${aws.between.endpoint}/no-region` } };
    await expect(readSource(noRegion, {})).rejects.toMatchObject({
      unavailable: { errorClass: 'no region', remedy: expect.stringContaining('stores.aws.region') as string },
    });
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    await expect(readSource(parameter('/x'), {})).rejects.toMatchObject({
      unavailable: { errorClass: 'CredentialsProviderError', kind: 'denied' },
    });
  });

  test('the SDK logs nothing', async () => {
    const said = (['debug', 'log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level));
    await aws.moto.put('/mesh/planted', 'planted-value');
    await text(parameter('/mesh/planted'));
    aws.between.answer = () => awsError('AccessDeniedException');
    await text(parameter('/mesh/planted')).catch(() => {});
    for (const level of said) expect(level).not.toHaveBeenCalled();
  });

  test('no secret is in a path, a header or an error', async () => {
    await aws.moto.put('/mesh/planted', 'planted-value');
    await text(parameter('/mesh/planted'));
    aws.between.answer = () => awsError('ValidationException');
    const error: unknown = await readSource(parameter('/mesh/planted'), {}).catch((reason: unknown) => reason);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('planted-');
    expect(aws.between.seen.length).toBeGreaterThan(0);
    for (const each of aws.between.seen) expect(each).not.toMatch(/planted-value|planted-secret-access-key/);
  });
});

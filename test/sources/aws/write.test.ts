import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { type Put, prepareWrite, type StoreSource, WriteRefusedError } from '../../../src/sources/index.ts';
import { awsError } from '../../support/stores/between.ts';
import { motoServer, useMoto } from '../../support/stores/moto.ts';

describe.skipIf(!motoServer)('writing to AWS', () => {
  const aws = useMoto();
  const parameter = (name: string): StoreSource => ({ kind: 'aws_ssm', name, store: aws.settings() });
  const put = (source: StoreSource, text: string): Put => ({ source, content: Buffer.from(text) });
  const commit = async (...puts: readonly Put[]) => (await prepareWrite(puts, {})).commit();
  const refusal = async (...puts: readonly Put[]) => {
    const error: unknown = await commit(...puts).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WriteRefusedError);
    return (error as Error).message;
  };
  const found = async (Name: string) =>
    (await aws.moto.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter!;

  test('a parameter gets a new version of the same type, under the same key, and the previous one is named', async () => {
    const name = '/mesh/write/key';
    await aws.moto.ssm.send(
      new PutParameterCommand({ Name: name, Value: 'before', Type: 'SecureString', KeyId: 'alias/mesh' }),
    );
    const { written, back } = await commit(put(parameter(name), 'after'));
    expect(written).toEqual([{ place: `SSM parameter ${name}`, version: '2', previous: '1' }]);
    expect(back).toEqual([
      `(umask 077; f=$(mktemp) && aws ssm get-parameter --name ${name}:1 --with-decryption --query 'Parameter.{Name: Name, Type: Type, Value: Value}' --output json --region eu-west-2 > "$f" && aws ssm put-parameter --overwrite --key-id alias/mesh --cli-input-json "file://$f" --region eu-west-2; s=$?; rm -f "$f"; exit $s)`,
    ]);
    expect(await found(name)).toMatchObject({ Value: 'after', Type: 'SecureString', Version: 2 });
    await aws.moto.put('/mesh/write/plain', 'before', 'String');
    await commit(put(parameter('/mesh/write/plain'), 'after'));
    expect(await found('/mesh/write/plain')).toMatchObject({ Value: 'after', Type: 'String' });
  });

  test('a parameter that does not exist is made, encrypted', async () => {
    const { written, back } = await commit(put(parameter('/mesh/write/new'), 'first'));
    expect({ written, back }).toEqual({
      written: [{ place: 'SSM parameter /mesh/write/new', version: '1' }],
      back: [],
    });
    expect(await found('/mesh/write/new')).toMatchObject({ Value: 'first', Type: 'SecureString' });
  });

  test('a version or label of a parameter is not written', async () => {
    await aws.moto.put('/mesh/write/old', 'before');
    expect(await refusal(put(parameter('/mesh/write/old:1'), 'after'))).toBe(
      'SSM parameter /mesh/write/old:1 names a version or a label, and a version stays what it is',
    );
  });

  test('a standard parameter that is too small is refused before anything is written', async () => {
    for (const name of ['a', 'b']) await aws.moto.put(`/mesh/small/${name}`, 'before');
    const [a, b] = ['/mesh/small/a', '/mesh/small/b'].map(parameter);
    expect(await refusal(put(a!, 'after'), put(b!, 'x'.repeat(5_000)))).toMatch(/\/b is a standard parameter/);
    expect((await found('/mesh/small/a')).Value).toBe('before');
  });

  test.each(['DescribeParameters', 'PutParameter'])(
    'without %s, the permission is named and nothing changes',
    async (operation) => {
      await aws.moto.put('/mesh/denied', 'before');
      aws.between.answer = (asked) => (asked === operation ? awsError('AccessDeniedException') : undefined);
      expect(await refusal(put(parameter('/mesh/denied'), 'planted-after'))).toBe(
        `SSM parameter /mesh/denied could not be written: AWS Systems Manager Parameter Store refused ${operation} (AccessDeniedException); the permission ssm:${operation} is missing: \`mesh-cert-monitor permissions --install\` prints what is needed`,
      );
      expect((await found('/mesh/denied')).Value).toBe('before');
    },
  );

  test('what was written before something failed is put back', async () => {
    const names = ['key', 'certificate', 'bundle'].map((name) => `/mesh/undo/${name}`);
    for (const name of names) await aws.moto.put(name, 'before');
    let puts = 0;
    aws.between.answer = (asked) => {
      if (asked === 'PutParameter') puts += 1;
      return asked === 'PutParameter' && puts === 3 ? awsError('InternalServerError', 500) : undefined;
    };
    const message = await refusal(...names.map((name) => put(parameter(name), 'after')));
    expect(message).toContain('/mesh/undo/bundle could not be written');
    for (const name of names) expect((await found(name)).Value).toBe('before');
  });

  test.each([
    ['is removed', true],
    ['that may not be removed is named with the command that does', false],
  ])('a parameter that was made new before something failed %s', async (_, mayDelete) => {
    const made = `/mesh/made/${mayDelete}`;
    await aws.moto.put('/mesh/made/later', 'before');
    let puts = 0;
    aws.between.answer = (asked) => {
      if (asked === 'DeleteParameter' && !mayDelete) return awsError('AccessDeniedException');
      if (asked !== 'PutParameter') return undefined;
      puts += 1;
      return puts === 2 ? awsError('AccessDeniedException') : undefined;
    };
    const message = await refusal(put(parameter(made), 'first'), put(parameter('/mesh/made/later'), 'after'));
    const still = await found(made).catch((error: Error) => error.name);
    if (mayDelete) expect({ still, says: message.includes(made) }).toEqual({ still: 'ParameterNotFound', says: false });
    else
      expect(message).toContain(
        `. It could not be put back: SSM parameter ${made} was made new and is still there (AWS Systems Manager Parameter Store refused DeleteParameter (AccessDeniedException)); to remove it: aws ssm delete-parameter --name ${made} --region eu-west-2`,
      );
  });

  test('a write whose answer is lost is put back as well', async () => {
    await aws.moto.put('/mesh/lost', 'before');
    aws.between.answer = async (asked) => {
      if (asked !== 'PutParameter') return undefined;
      aws.between.answer = undefined;
      await aws.moto.put('/mesh/lost', 'after');
      return 'reset';
    };
    expect(await refusal(put(parameter('/mesh/lost'), 'after'))).toContain('did not answer PutParameter');
    expect((await found('/mesh/lost')).Value).toBe('before');
  });

  test('what cannot be put back is said', async () => {
    for (const name of ['a', 'b']) await aws.moto.put(`/mesh/stuck/${name}`, 'before');
    let puts = 0;
    aws.between.answer = (asked) => {
      if (asked === 'PutParameter') puts += 1;
      return asked === 'PutParameter' && puts > 1 ? awsError('AccessDeniedException') : undefined;
    };
    const puttings = ['/mesh/stuck/a', '/mesh/stuck/b'].map((name) => put(parameter(name), 'after'));
    expect(await refusal(...puttings)).toMatch(
      /It could not be put back: SSM parameter \/mesh\/stuck\/a could not be written/,
    );
  });

  const store = () => aws.settings();
  const secret = (id: string, jsonKey: string | undefined, settings: ReturnType<typeof store>): StoreSource => ({
    kind: 'aws_secret',
    id,
    ...(jsonKey === undefined ? {} : { jsonKey }),
    store: settings,
  });
  const create = async (Name: string, SecretString: string) =>
    (await aws.moto.secrets.send(new CreateSecretCommand({ Name, SecretString }))).VersionId!;
  // By its name, because moto does not notice at once that the label has moved.
  const current = async (SecretId: string, VersionStage = 'AWSCURRENT') =>
    aws.moto.secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }));

  test('values of one secret become one new version, and its other values stay as they are, digit by digit', async () => {
    const before = await create(
      'write/json',
      '{"other":12345678901234567890,"cert":"c1","key":"k1","deep":{"a":1.50}}',
    );
    const settings = store();
    aws.between.asked();
    const { written, back } = await commit(
      put(secret('write/json', 'key', settings), 'k2'),
      put(secret('write/json', 'cert', settings), 'c2'),
    );
    expect(aws.between.asked()).toEqual(['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage']);
    const { SecretString, VersionId } = await current('write/json');
    expect(SecretString).toBe('{"other":12345678901234567890,"cert":"c2","key":"k2","deep":{"a":1.50}}');
    expect(written).toEqual([
      { place: 'AWS secret write/json (key key)', version: VersionId, previous: before },
      { place: 'AWS secret write/json (key cert)', version: VersionId, previous: before },
    ]);
    expect(back).toEqual([
      `aws secretsmanager update-secret-version-stage --secret-id write/json --version-stage AWSCURRENT --move-to-version-id ${before} --remove-from-version-id ${VersionId} --region eu-west-2`,
    ]);
    expect((await current('write/json', 'AWSPREVIOUS')).VersionId).toBe(before);
  });

  test('a secret that became another one in the meantime is not overwritten', async () => {
    await create('write/race', 'before');
    aws.between.answer = async (asked) => {
      if (asked !== 'UpdateSecretVersionStage') return undefined;
      aws.between.answer = undefined;
      await aws.moto.secrets.send(new PutSecretValueCommand({ SecretId: 'write/race', SecretString: 'theirs' }));
      return undefined;
    };
    expect(await refusal(put(secret('write/race', undefined, store()), 'ours'))).toContain(
      'was changed by someone else in the meantime',
    );
    expect((await current('write/race')).SecretString).toBe('theirs');
  });

  test.each([
    ['does not exist', undefined, 'key', 'does not exist: make it first (aws secretsmanager create-secret)'],
    ['is not JSON', 'planted-text', 'key', 'is not a JSON object'],
    ['is a list', '[1]', 'key', 'is not a JSON object'],
  ])('a secret that %s is not written', async (name, text, key, says) => {
    const id = `write/odd/${name.replaceAll(' ', '-')}`;
    if (text !== undefined) await create(id, text);
    expect(await refusal(put(secret(id, key, store()), 'x'))).toBe(`AWS secret ${id} (key ${key}) ${says}`);
  });

  test.each(['PutSecretValue', 'UpdateSecretVersionStage'])(
    'without %s, the permission is named and the secret stays',
    async (operation) => {
      const id = `write/denied-${operation}`;
      await create(id, 'before');
      aws.between.answer = (asked) => (asked === operation ? awsError('AccessDeniedException') : undefined);
      expect(await refusal(put(secret(id, undefined, store()), 'planted-after'))).toContain(
        `the permission secretsmanager:${operation} is missing`,
      );
      expect((await current(id)).SecretString).toBe('before');
    },
  );

  test('a parameter that cannot be written keeps a secret as it was, although its new version was ready', async () => {
    await create('write/both', 'before');
    await aws.moto.put('/mesh/both', 'before');
    aws.between.answer = (asked) => (asked === 'PutParameter' ? awsError('AccessDeniedException') : undefined);
    expect(
      await refusal(put(secret('write/both', undefined, store()), 'after'), put(parameter('/mesh/both'), 'after')),
    ).toContain('/mesh/both could not be written');
    expect((await current('write/both')).SecretString).toBe('before');
  });

  test('throttling is waited for, and no secret is in a path or a header', async () => {
    await aws.moto.put('/mesh/throttled', 'before');
    let refused = 0;
    aws.between.answer = (asked) => {
      if (asked !== 'PutParameter' || refused > 0) return undefined;
      refused += 1;
      return awsError('ThrottlingException');
    };
    await commit(put(parameter('/mesh/throttled'), 'planted-after'));
    expect((await found('/mesh/throttled')).Value).toBe('planted-after');
    for (const each of aws.between.seen) expect(each).not.toMatch(/planted-after|planted-secret-access-key/);
  });
});

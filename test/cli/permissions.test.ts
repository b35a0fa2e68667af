import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policiesFor, type StoreSource } from '../../src/sources/index.ts';
import { type } from '../support/cli.ts';

const sample = (name: string) => join(import.meta.dirname, '..', 'config', 'good', name);

test.each(['stores', 'vault-kubernetes'])('permissions: the policies for %s.yaml are exactly these', async (name) => {
  const { code, stdout, stderr } = await type(['permissions', '--config', sample(`${name}.yaml`)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  await expect(stdout).toMatchFileSnapshot(`golden/permissions-${name}.txt`);
});

test.each(['stores', 'vault-kubernetes'])(
  'permissions: with --install, certificate, key and bundle of %s.yaml may be written, and nothing else',
  async (name) => {
    const { code, stdout } = await type(['permissions', '--config', sample(`${name}.yaml`), '--install']);
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/permissions-${name}-install.txt`);
  },
);

test('permissions: every name that the configuration has is allowed, and no other', async () => {
  const { stdout } = await type(['permissions', '--config', sample('stores.yaml'), '--format', 'json']);
  const { policies } = JSON.parse(stdout) as { policies: { aws: { Statement: { Resource: string[] | string }[] } } };
  const named = policies.aws.Statement.flatMap(({ Resource }) => Resource).filter((each) => each !== '*');
  const resources = [...new Set(named)];
  const names = [...readFileSync(sample('stores.yaml'), 'utf8').matchAll(/aws_(?:ssm|secret): "?([^"} ,]+)/g)].map(
    ([, name = '']) => name,
  );
  const wanted = new Set(names);
  expect(resources).toHaveLength(wanted.size);
  for (const name of wanted) expect(resources.filter((each) => each.includes(name))).toHaveLength(1);
});

test('permissions: where no source is in a store, nothing is needed', async () => {
  const { code, stdout } = await type(['permissions', '--config', sample('minimal.yaml')]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'No source is in a secret store, so no permissions are needed.\n',
  });
});

test('permissions: a version or label of a parameter is not part of what IAM allows, and a short ARN of a secret is completed', () => {
  const account = 'eu-west-2:123456789012';
  const resources = (source: StoreSource) =>
    (policiesFor([source])[0]!.value as { Statement: { Resource: unknown }[] }).Statement[0]!.Resource;
  const parameter = (name: string) => resources({ kind: 'aws_ssm', name, store: {} });
  expect(parameter('/mesh/key:3')).toEqual(['arn:aws:ssm:*:*:parameter/mesh/key']);
  expect(parameter(`arn:aws:ssm:${account}:parameter/mesh/key:live`)).toEqual([
    `arn:aws:ssm:${account}:parameter/mesh/key`,
  ]);
  const secret = (id: string) => resources({ kind: 'aws_secret', id, store: {} });
  expect(secret(`arn:aws:secretsmanager:${account}:secret:mesh`)).toEqual([
    `arn:aws:secretsmanager:${account}:secret:mesh-??????`,
  ]);
  expect(secret(`arn:aws:secretsmanager:${account}:secret:mesh-aBc123`)).toEqual([
    `arn:aws:secretsmanager:${account}:secret:mesh-aBc123`,
  ]);
});

test('permissions: a policy that is longer than IAM allows says so', () => {
  const named = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      kind: 'aws_ssm' as const,
      name: `/mesh/${String(index).padStart(40, '0')}`,
      store: {},
    }));
  const note = (count: number) => policiesFor(named(count))[0]?.note;
  expect(note(10)).not.toContain('6,144');
  expect(note(200)).toContain('6,144');
});

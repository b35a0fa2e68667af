import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { StoreSource } from '../../../src/config/index.ts';
import { storeCommands } from '../../../src/renewal/issued/store-commands.ts';

const file = "/var/lib/it's here/client.pem";
const quoted = "'/var/lib/it'\\''s here/client.pem'";
const pair = quoted.replace("'", "'cert=@");
const auth = { kind: 'token', token: { kind: 'env', name: 'T' } } as const;
const vault = 'https://mesh.vault.azure.net';

const cases: readonly [StoreSource, readonly string[]][] = [
  [
    { kind: 'aws_ssm', name: '/mesh/cert', store: { region: 'eu-west-2', profile: 'mesh' } },
    [
      "aws ssm put-parameter --name /mesh/cert --type SecureString --overwrite --value 'file:///var/lib/it'\\''s here/client.pem' --region eu-west-2 --profile mesh",
    ],
  ],
  [
    { kind: 'aws_secret', id: 'mesh/int', store: {} },
    [
      "aws secretsmanager put-secret-value --secret-id mesh/int --secret-string 'file:///var/lib/it'\\''s here/client.pem'",
    ],
  ],
  [
    { kind: 'azure_secret', name: 'mesh-cert', vault, store: {} },
    [`az keyvault secret set --vault-name mesh --name mesh-cert --file ${quoted} --output none`],
  ],
  [
    { kind: 'vault', path: 'kv/mesh/int', key: 'cert', store: { address: 'https://vault:8200', auth } },
    [
      `VAULT_ADDR=https://vault:8200 vault kv patch -mount=kv mesh/int ${pair} || VAULT_ADDR=https://vault:8200 vault kv put -cas=0 -mount=kv mesh/int ${pair}`,
    ],
  ],
  [
    {
      kind: 'vault',
      path: 'kv/mesh',
      key: 'cert',
      store: { address: 'https://vault:8200', namespace: 'nhs/int', auth },
    },
    [
      `VAULT_ADDR=https://vault:8200 VAULT_NAMESPACE=nhs/int vault kv patch -mount=kv mesh ${pair} || VAULT_ADDR=https://vault:8200 VAULT_NAMESPACE=nhs/int vault kv put -cas=0 -mount=kv mesh ${pair}`,
    ],
  ],
];

test.each(cases)('store commands: %s', (source, commands) => {
  expect(storeCommands(source, file)).toEqual(commands);
});

const all: readonly StoreSource[] = [
  ...cases.map(([source]) => source),
  { kind: 'aws_secret', id: 'mesh/int', jsonKey: "it's a key", store: {} },
  { kind: 'azure_certificate', name: 'mesh', vault, store: {} },
  { kind: 'kubernetes_secret', name: 'mesh', key: 'tls.crt', namespace: 'mavis', store: {} },
];

test.each(all)('store commands: a POSIX shell can read those for $kind', (source) => {
  const { status, stderr } = spawnSync('sh', ['-n'], {
    input: storeCommands(source, file).join('\n'),
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('store commands: what they write on the way only its owner can read, and it is removed', () => {
  for (const source of all.slice(-3).filter(({ kind }) => kind !== 'azure_certificate')) {
    const [first = '', ...others] = storeCommands(source, file);
    expect(first).toMatch(/^\(umask 077; .*\)$/);
    expect(others.at(-1)).toMatch(/^rm /);
  }
});

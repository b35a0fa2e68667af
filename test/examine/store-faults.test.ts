/** What each store can do to a credential, and what is said of it. Stores that do not answer have tests of their own beside their sources. */
import { CreateSecretCommand, DeleteSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { examine, readAhead } from '../../src/examine/index.ts';
import type { KubernetesSettings, Source, VaultSettings } from '../../src/sources/index.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import { createNhsLikePki, type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { inline } from '../support/sources.ts';
import { type KeyVault, startKeyVault } from '../support/stores/key-vault.ts';
import { type ApiServer, startApiServer } from '../support/stores/kubernetes.ts';
import { motoServer, useMoto } from '../support/stores/moto.ts';
import { startVault, type VaultStandIn } from '../support/stores/vault.ts';

const passphrase = 'planted-passphrase';
const local = (text: string) => inline(text) as Extract<Source, { kind: 'inline' }>;
type Part = 'certificate' | 'key';

/** One store, in which certificate and key are two items. */
interface Stage {
  at(part: Part): Source;
  put(part: Part, value: string | Buffer): Promise<unknown>;
  remove(part: Part): Promise<unknown>;
  /** Makes its current version one that cannot be read, and says what is said then. */
  readonly disable?: (part: Part) => Promise<string>;
  /** It can hold more than 1 MiB. */
  readonly holdsMuch?: true;
  /** It can hold bytes that are not text. */
  readonly holdsBytes?: true;
  /** Once, as soon as the key has been read. */
  readonly afterKey?: (work: () => Promise<unknown>) => void;
}

let [pki, next]: NhsLikePki[] = [];
beforeAll(async () => {
  [pki, next] = [await nhsLikePki(), await createNhsLikePki()];
});

/** What a store cannot do is not a test that is skipped. */
const testIf = (can: unknown) => (can ? test : () => {});

function faults(
  name: string,
  stage: () => Stage,
  able: Pick<Stage, 'disable' | 'holdsMuch' | 'holdsBytes' | 'afterKey'>,
) {
  const now = new Date();
  const environment = () => {
    const { at } = stage();
    return {
      ...sampleEnvironment(),
      credential: {
        kind: 'pem',
        certificate: at('certificate'),
        privateKey: at('key'),
        passphrase: local(passphrase),
        caBundle: local(pki!.bundlePem),
      } as const,
    };
  };
  const look = async (of: ReturnType<typeof environment>, last?: Awaited<ReturnType<typeof examine>>) => {
    await readAhead([of], {});
    return (await examine(of, last, {}, now))!;
  };
  const worst = ({ assessment }: Awaited<ReturnType<typeof look>>) => assessment.findings[0];
  const deploy = async ({ client }: NhsLikePki) => {
    await stage().put('certificate', client.pem);
    await stage().put('key', client.encryptedKeyPem(passphrase));
  };
  beforeEach(() => deploy(pki!));

  test(`${name}: what is good is good, and what is deleted is critical`, async () => {
    const here = environment();
    const first = await look(here);
    expect(first.assessment.valid).toBe(true);
    await stage().remove('certificate');
    const second = await look(here, first);
    expect(worst(second)).toMatchObject({ code: 'certificate_unreadable', severity: 'critical' });
    await stage().remove('key');
    expect((await look(here, second)).assessment.findings.map(({ code }) => code)).toContain('private_key_unreadable');
  });

  testIf(able.disable)(
    `${name}: a current version that is disabled or deleted is critical, with the reason`,
    async () => {
      const here = environment();
      const first = await look(here);
      const reason = await stage().disable!('certificate');
      expect(worst(await look(here, first))).toMatchObject({
        code: 'certificate_unreadable',
        severity: 'critical',
        message: expect.stringContaining(reason) as string,
      });
    },
  );

  testIf(able.holdsMuch)(`${name}: more than 1 MiB is not read`, async () => {
    const here = environment();
    const first = await look(here);
    await stage().put('certificate', `${pki!.client.pem}${'planted '.repeat(140_000)}`);
    const { code, message } = worst(await look(here, first))!;
    expect({ code, message }).toEqual({
      code: 'certificate_unreadable',
      message: expect.stringMatching(/ is larger than 1 MiB\.$/) as string,
    });
  });

  test(`${name}: DER is read as bytes where the store has bytes, and in base64 elsewhere; other bytes are malformed`, async () => {
    const here = environment();
    const { der } = pki!.client;
    await stage().put('certificate', able.holdsBytes ? Buffer.from(der) : Buffer.from(der).toString('base64'));
    const first = await look(here);
    expect(first.assessment.valid).toBe(true);
    const noise = Buffer.from('00ff00fe', 'hex');
    await stage().put('certificate', able.holdsBytes ? noise : noise.toString('base64'));
    expect(worst(await look(here, first))).toMatchObject({ code: 'certificate_malformed', severity: 'critical' });
  });

  testIf(able.afterKey)(`${name}: what is rotated while it is read is never half old and half new`, async () => {
    const here = environment();
    const first = await look(here);
    await stage().put('certificate', next!.client.pem);
    stage().afterKey!(() => stage().put('key', next!.client.encryptedKeyPem(passphrase)));
    const { assessment, credential } = await look(here, first);
    expect(Buffer.from(credential.certificate!.der).equals(next!.client.der)).toBe(true);
    expect(assessment.findings.map(({ code }) => code)).not.toContain('key_mismatch');
  });
}

describe.skipIf(!motoServer)('faults of AWS', () => {
  const aws = useMoto();
  let tests = 0;
  beforeEach(() => {
    tests += 1;
  });
  const id = (part: Part) => `/faults/${tests}/${part}`;
  /** Once, between the first reading and whatever is asked next. */
  const afterKey = (operation: string) => (work: () => Promise<unknown>) => {
    let isRead = false;
    aws.between.answer = async (asked) => {
      if (!isRead) {
        isRead = asked === operation;
        return undefined;
      }
      aws.between.answer = undefined;
      await work();
      return undefined;
    };
  };
  /** AWS itself holds no more than 64 KB, so that only something between it and us can answer with more. */
  const isTooMuch = (value: string | Buffer) => value.length > 65_536;
  const answerWith = (operation: string, body: object) => {
    aws.between.answer = (asked) => (asked === operation ? { status: 200, body: JSON.stringify(body) } : undefined);
  };

  describe('Parameter Store', () => {
    const stage: Stage = {
      at: (part) => ({
        kind: 'aws_ssm',
        name: id(part),
        store: { ...aws.settings(), endpoint: `${aws.between.endpoint}/${tests}` },
      }),
      put: async (part, value) => {
        // A new version, so that it is read.
        await aws.moto.put(id(part), isTooMuch(value) ? 'x' : value.toString());
        const found = { Name: id(part), Value: value.toString(), Type: 'SecureString', Version: 9 };
        if (isTooMuch(value)) answerWith('GetParameters', { Parameters: [found], InvalidParameters: [] });
      },
      afterKey: afterKey('GetParameters'),
      remove: (part) => aws.moto.ssm.send(new DeleteParameterCommand({ Name: id(part) })),
    };
    faults('aws_ssm', () => stage, { ...stage, holdsMuch: true });
  });

  describe('Secrets Manager', () => {
    const stage: Stage = {
      at: (part) => ({
        kind: 'aws_secret',
        id: id(part),
        store: { region: 'eu-west-2', endpoint: `${aws.between.endpoint}/1${tests}` },
      }),
      afterKey: afterKey('BatchGetSecretValue'),
      put: async (part, value) => {
        const found = { Name: id(part), SecretString: value.toString(), VersionId: 'planted-version' };
        if (isTooMuch(value)) return answerWith('BatchGetSecretValue', { SecretValues: [found], Errors: [] });
        const content = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
        await aws.moto.secrets
          .send(new PutSecretValueCommand({ SecretId: id(part), ...content }))
          .catch(() => aws.moto.secrets.send(new CreateSecretCommand({ Name: id(part), ...content })));
      },
      remove: (part) =>
        aws.moto.secrets.send(new DeleteSecretCommand({ SecretId: id(part), ForceDeleteWithoutRecovery: true })),
      disable: async (part) => {
        await aws.moto.secrets.send(new DeleteSecretCommand({ SecretId: id(part) }));
        return 'is scheduled for deletion';
      },
    };
    faults('aws_secret', () => stage, { ...stage, holdsBytes: true, holdsMuch: true });
  });
});

describe('faults of Azure Key Vault', () => {
  let vault: KeyVault;
  let at = '';
  beforeAll(async () => {
    vault = await startKeyVault();
  });
  afterAll(() => vault?.stop());
  beforeEach(() => {
    for (const [name, value] of Object.entries(vault.variables)) vi.stubEnv(name, value);
    vault.secrets.clear();
    vault.afterRead = undefined;
    at = vault.own();
  });
  let version = 0;
  const stage: Stage = {
    at: (part) => ({ kind: 'azure_secret', name: part, vault: at, store: {} }),
    put: async (part, value) => {
      version += 1;
      vault.secrets.set(part, { value: value.toString(), version: `v${version}` });
    },
    remove: async (part) => vault.secrets.delete(part),
    disable: async (part) => {
      vault.secrets.set(part, { value: 'planted', version: 'off', disabled: true });
      return 'has a current version that is disabled';
    },
    afterKey: (work) => {
      vault.afterRead = (name) => {
        if (name !== 'key') return;
        vault.afterRead = undefined;
        void work();
      };
    },
  };
  faults('azure_secret', () => stage, { ...stage, holdsMuch: true });
});

describe('faults of Vault', () => {
  let vault: VaultStandIn;
  let tests = 0;
  beforeAll(async () => {
    vault = await startVault();
  });
  afterAll(() => vault?.stop());
  beforeEach(() => {
    tests += 1;
    vault.secrets.clear();
    vault.tokens.add('planted-token');
    vault.afterRead = undefined;
  });
  const settings = (): VaultSettings => ({
    address: vault.address,
    namespace: `faults-${tests}`,
    ca: local(vault.rootPem),
    auth: { kind: 'token', token: local('planted-token') },
  });
  let version = 0;
  const stage: Stage = {
    at: (part) => ({ kind: 'vault', path: `kv/${part}`, key: 'value', store: settings() }),
    put: async (part, value) => {
      version += 1;
      vault.secrets.set(`kv/${part}`, { version, data: { value: value.toString() } });
    },
    remove: async (part) => vault.secrets.delete(`kv/${part}`),
    disable: async (part) => {
      version += 1;
      vault.secrets.set(`kv/${part}`, { version, data: undefined });
      return 'has a current version that was deleted';
    },
    afterKey: (work) => {
      vault.afterRead = (path) => {
        if (path !== 'kv/key') return;
        vault.afterRead = undefined;
        void work();
      };
    },
  };
  faults('vault', () => stage, { ...stage, holdsMuch: true });
});

describe('faults of Kubernetes', () => {
  let api: ApiServer;
  let tests = 0;
  beforeAll(async () => {
    api = await startApiServer();
  });
  afterAll(() => api?.stop());
  beforeEach(() => {
    tests += 1;
    api.secrets.clear();
    api.afterRead = undefined;
  });
  const settings = (): KubernetesSettings => ({
    server: api.server,
    // Sources with the same settings share what was read.
    token: { kind: 'inline', value: local(api.token).value },
    ca: local(`${api.rootPem}\n# ${tests}`),
  });
  let version = 0;
  const stage: Stage = {
    at: (part) => ({ kind: 'kubernetes_secret', name: part, key: 'value', namespace: 'mesh', store: settings() }),
    put: async (part, value) => {
      version += 1;
      const data = { value: Buffer.from(value).toString('base64') };
      api.secrets.set(`mesh/${part}`, { resourceVersion: String(version), data });
    },
    remove: async (part) => api.secrets.delete(`mesh/${part}`),
    afterKey: (work) => {
      api.afterRead = (name) => {
        if (name !== 'mesh/key') return;
        api.afterRead = undefined;
        void work();
      };
    },
  };
  faults('kubernetes_secret', () => stage, { ...stage, holdsMuch: true, holdsBytes: true });
});

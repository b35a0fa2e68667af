/** moto, a server that behaves like AWS, with what the tests need of its two stores. */

import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, LabelParameterVersionCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { eventually, freePort, start } from '../process.ts';
import { type Between, startBetween } from './between.ts';
import { storeTool } from './tools.ts';

export const motoServer = storeTool('MOTO_SERVER', 'moto', 'bin', 'moto_server');

/** What the SDK's default chain finds. */
const motoVariables = {
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'planted-secret-access-key',
  AWS_REGION: 'eu-west-2',
  // Nothing of the machine that runs the tests.
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

export interface Moto {
  readonly endpoint: string;
  readonly ssm: SSMClient;
  readonly secrets: SecretsManagerClient;
  put(name: string, value: string, type?: 'String' | 'SecureString'): Promise<void>;
  /** The latest version. */
  label(name: string, label: string): Promise<void>;
  version(name: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

async function startMoto(): Promise<Moto> {
  if (motoServer === undefined) throw new Error('moto is not installed');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = start(motoServer, ['-H', '127.0.0.1', '-p', String(port)]);
  await eventually(
    () => `moto does not answer: ${server.output()}`,
    async () => ((await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined))?.ok ? true : undefined),
  );
  const settings = {
    endpoint,
    region: 'eu-west-2',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  };
  const ssm = new SSMClient(settings);
  const secrets = new SecretsManagerClient(settings);
  return {
    endpoint,
    ssm,
    secrets,
    put: async (Name, Value, Type = 'SecureString') => {
      await ssm.send(new PutParameterCommand({ Name, Value, Type, Overwrite: true }));
    },
    label: async (Name, label) => {
      await ssm.send(new LabelParameterVersionCommand({ Name, Labels: [label] }));
    },
    version: async (Name) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Version,
    stop: async () => {
      ssm.destroy();
      secrets.destroy();
      await server.stop();
    },
  };
}

export interface Aws {
  readonly moto: Moto;
  /** Between the product and moto. */
  readonly between: Between;
  /** Of a store of its own: sources with the same settings share one. */
  settings(): { readonly endpoint: string; readonly region: string };
}

/** For the tests of one `describe`: started before them, stopped after them, and in each test nothing fails and nothing has been asked yet. */
export function useMoto(): Aws {
  const aws = {} as { moto: Moto; between: Between };
  beforeAll(async () => {
    aws.moto = await startMoto();
    aws.between = await startBetween(aws.moto.endpoint);
  });
  afterAll(async () => {
    await aws.between?.stop();
    await aws.moto?.stop();
  });
  beforeEach(() => {
    for (const [name, value] of Object.entries(motoVariables)) vi.stubEnv(name, value);
    aws.between.answer = undefined;
    aws.between.asked();
  });
  return Object.assign(aws, { settings: () => ({ endpoint: aws.between.own(), region: 'eu-west-2' }) });
}

/** A new version of a secret: first beside the current one, and then in its place. */
import { randomUUID } from 'node:crypto';
import { say, shellWord } from '../../text/index.ts';
import { awsOptions } from '../own-tools.ts';
import { StoreUnavailableError } from '../store/driver.ts';
import { withValues } from '../store/json-value.ts';
import { loadPackage } from '../store/package.ts';
import { changedMeanwhile, NotWritableError, type Put, type StoreWriter, writeCall } from '../store/writer.ts';
import type { AwsSettings, StoreSource } from '../types.ts';
import { awsProblem, clientSettings, permissionToWrite } from './client.ts';

type SecretSource = Extract<StoreSource, { kind: 'aws_secret' }>;

const storeName = 'AWS Secrets Manager';
const current = 'AWSCURRENT';
/** The label of a version that is ready and not yet current. Secrets Manager takes it away from the one that has it. */
const ready = 'MESH-CERT-MONITOR';
/** PutSecretValue. */
const mostBytes = 65_536;

export const awsSecretWriter: StoreWriter<'aws_secret'> = {
  async prepare(puts: readonly [Put<SecretSource>, ...Put<SecretSource>[]]) {
    const [{ source }] = puts;
    const { id, store } = source;
    const secrets = await connect(store);
    const before = await secrets.read(id);
    const text = newText(before.text, puts);
    if (Buffer.byteLength(text) > mostBytes)
      throw new NotWritableError('holds at most 64 KB, and the new value is larger');
    const version = await secrets.put(id, text);
    const options = awsOptions(store);
    return {
      async commit() {
        // Refused if another version has become current meanwhile.
        await secrets.move(id, current, version, before.version);
        return {
          version,
          previous: before.version,
          back: say`aws secretsmanager update-secret-version-stage --secret-id ${shellWord(id)} --version-stage ${current} --move-to-version-id ${shellWord(before.version)} --remove-from-version-id ${shellWord(version)}${options}`,
        };
      },
      async undo() {
        const now = await secrets.read(id);
        if (now.version === version) await secrets.move(id, current, before.version, version);
        // A version without a label is removed by AWS.
        await secrets.move(id, ready, undefined, version);
      },
    };
  },
};

function newText(before: string, puts: readonly Put<SecretSource>[]): string {
  const [first, ...others] = puts;
  if (first?.source.jsonKey === undefined || others.some(({ source }) => source.jsonKey === undefined)) {
    if (others.length > 0) throw new NotWritableError('is named both as a whole and by its keys');
    return first?.content.toString('utf8') ?? '';
  }
  const values = puts.map(({ source, content }) => [source.jsonKey ?? '', content.toString('utf8')] as const);
  const text = withValues(before, new Map(values));
  if (text === undefined) throw new NotWritableError('is not a JSON object');
  return text;
}

async function connect(settings: AwsSettings) {
  const name = '@aws-sdk/client-secrets-manager';
  const sdk = await loadPackage(name, storeName, () => import('@aws-sdk/client-secrets-manager'));
  const client = new sdk.SecretsManagerClient(clientSettings(settings));
  const call = <T>(operation: string, work: (signal: AbortSignal) => Promise<T>) =>
    writeCall((signal) =>
      work(signal).catch((error: unknown) => {
        const { problem } = awsProblem(storeName, operation, error, signal);
        if (problem.errorClass === 'ResourceNotFoundException')
          throw new NotWritableError('does not exist: make it first (aws secretsmanager create-secret)');
        if (operation === 'UpdateSecretVersionStage' && problem.errorClass === 'InvalidParameterException')
          throw changedMeanwhile();
        throw new StoreUnavailableError(permissionToWrite(problem, `secretsmanager:${operation}`));
      }),
    );
  return {
    async read(id: string) {
      const command = new sdk.GetSecretValueCommand({ SecretId: id, VersionStage: current });
      const found = await call('GetSecretValue', (abortSignal) => client.send(command, { abortSignal }));
      if (found.SecretString === undefined) throw new NotWritableError('is binary, and stays what it is');
      return { text: found.SecretString, version: found.VersionId ?? '' };
    },
    async put(id: string, text: string): Promise<string> {
      const version = randomUUID();
      const command = new sdk.PutSecretValueCommand({
        SecretId: id,
        SecretString: text,
        ClientRequestToken: version,
        VersionStages: [ready],
      });
      await call('PutSecretValue', (abortSignal) => client.send(command, { abortSignal }));
      return version;
    },
    async move(id: string, stage: string, to: string | undefined, from: string): Promise<void> {
      const command = new sdk.UpdateSecretVersionStageCommand({
        SecretId: id,
        VersionStage: stage,
        RemoveFromVersionId: from,
        ...(to === undefined ? {} : { MoveToVersionId: to }),
      });
      await call('UpdateSecretVersionStage', (abortSignal) => client.send(command, { abortSignal }));
    },
  };
}

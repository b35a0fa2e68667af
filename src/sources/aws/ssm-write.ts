/** A new version of a parameter. */
import { type SafeText, say, shellWord } from '../../text/index.ts';
import { awsOptions } from '../own-tools.ts';
import { StoreUnavailableError } from '../store/driver.ts';
import { loadPackage } from '../store/package.ts';
import {
  type Committed,
  NotWritableError,
  type Put,
  type StoreWriter,
  stillThere,
  throughFile,
  writeCall,
} from '../store/writer.ts';
import type { AwsSettings, StoreSource } from '../types.ts';
import { awsProblem, clientSettings, permissionToWrite } from './client.ts';

type SsmSource = Extract<StoreSource, { kind: 'aws_ssm' }>;

const storeName = 'AWS Systems Manager Parameter Store';
/** PutParameter: bytes of a standard and of an advanced parameter. */
const mostBytes = { standard: 4_096, advanced: 8_192 };

export const awsSsmWriter: StoreWriter<'aws_ssm'> = {
  async prepare([{ source, content }]: readonly [Put<SsmSource>, ...Put<SsmSource>[]]) {
    if (/^(?!arn:).*:|^arn:(?:[^:]*:){5}.*:/.test(source.name))
      throw new NotWritableError('names a version or a label, and a version stays what it is');
    const ssm = await connect(source.store);
    const before = await ssm.read(source.name);
    const settings = before && (await ssm.settings(before.name));
    const value = content.toString('utf8');
    checkSize(content, settings?.tier);
    const put = (text: string, isNew: boolean) =>
      ssm.put({
        Name: before?.name ?? source.name,
        Value: text,
        Type: before?.type ?? 'SecureString',
        // Without it, AWS would encrypt the new version with its own key.
        ...(settings?.keyId === undefined ? {} : { KeyId: settings.keyId }),
        ...(settings?.dataType === undefined ? {} : { DataType: settings.dataType }),
        ...(isNew ? { Tier: 'Intelligent-Tiering' as const } : { Overwrite: true }),
      });
    return {
      async commit(): Promise<Committed> {
        const version = await put(value, before === undefined);
        if (!before) return { version: String(version) };
        const previous = version - 1;
        return {
          version: String(version),
          previous: String(previous),
          back: goBack(before.name, previous, settings?.keyId, source.store),
        };
      },
      async undo() {
        const now = await ssm.read(source.name);
        if (now?.value !== value || before?.value === value) return;
        if (before) await put(before.value, false);
        else await ssm.remove(source.name).catch(stillThere(removal(source)));
      },
    };
  },
};

const removal = ({ name, store }: SsmSource): SafeText =>
  say`aws ssm delete-parameter --name ${shellWord(name)}${awsOptions(store)}`;

function checkSize({ length }: Buffer, tier: string | undefined): void {
  if (length > mostBytes.advanced) throw new NotWritableError('holds at most 8 KB, and the new value is larger');
  if (tier === 'Standard' && length > mostBytes.standard)
    throw new NotWritableError(
      'is a standard parameter, which holds at most 4 KB: make it an advanced one first (put-parameter with --tier Advanced), which AWS charges for',
    );
}

/**
 * AWS keeps versions, but has no call that makes one the current one again. Through a file that only its owner can read, so that the value is
 * no argument of a process: the tool reads `--cli-input-json` more than once, so it cannot be a pipe.
 */
function goBack(name: string, version: number, keyId: string | undefined, store: AwsSettings): SafeText {
  const options = awsOptions(store);
  const key = keyId === undefined ? say`` : say` --key-id ${shellWord(keyId)}`;
  const get = say`aws ssm get-parameter --name ${shellWord(`${name}:${version}`)} --with-decryption --query 'Parameter.{Name: Name, Type: Type, Value: Value}' --output json${options} > "$f"`;
  const put = say`aws ssm put-parameter --overwrite${key} --cli-input-json "file://$f"${options}`;
  return throughFile(say`${get} && ${put}`);
}

async function connect(settings: AwsSettings) {
  const sdk = await loadPackage('@aws-sdk/client-ssm', storeName, () => import('@aws-sdk/client-ssm'));
  const client = new sdk.SSMClient(clientSettings(settings));
  type PutInput = ConstructorParameters<typeof sdk.PutParameterCommand>[0];
  const call = <T>(operation: string, work: (signal: AbortSignal) => Promise<T>) =>
    writeCall((signal) =>
      work(signal).catch((error: unknown) => {
        const failure = awsProblem(storeName, operation, error, signal);
        throw new StoreUnavailableError(permissionToWrite(failure.problem, `ssm:${operation}`));
      }),
    );
  return {
    async read(name: string) {
      const command = new sdk.GetParametersCommand({ Names: [name], WithDecryption: true });
      const { Parameters: [found] = [] } = await call('GetParameters', (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      return found && { name: found.Name ?? name, value: found.Value ?? '', type: found.Type };
    },
    async settings(name: string) {
      const command = new sdk.DescribeParametersCommand({
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [name] }],
      });
      const { Parameters: [found] = [] } = await call('DescribeParameters', (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      return { keyId: found?.KeyId, tier: found?.Tier, dataType: found?.DataType };
    },
    async remove(name: string): Promise<void> {
      const command = new sdk.DeleteParameterCommand({ Name: name });
      await call('DeleteParameter', (abortSignal) => client.send(command, { abortSignal }));
    },
    async put(input: PutInput): Promise<number> {
      const command = new sdk.PutParameterCommand(input);
      const { Version = 1 } = await call('PutParameter', (abortSignal) => client.send(command, { abortSignal }));
      return Version;
    },
  };
}

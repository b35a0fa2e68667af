import { jsonText } from '../../text/index.ts';
import { addedCharacters } from '../aws/arn.ts';
import type { AwsSettings, StoreSource } from '../types.ts';
import { distinct, ofKind, type Policy } from './policy.ts';

/** One IAM policy for both services. The account is the role's own, so it does not have to be written. */
export function awsPolicy(sources: readonly StoreSource[], written: readonly StoreSource[]): Policy[] {
  const parametersOf = (all: readonly StoreSource[]) => distinct(ofKind(all, 'aws_ssm').map(parameterArn));
  const secretsOf = (all: readonly StoreSource[]) => distinct(ofKind(all, 'aws_secret').map(secretArn));
  const [parameters, secrets] = [parametersOf(sources), secretsOf(sources)];
  const [newParameters, newSecrets] = [parametersOf(written), secretsOf(written)];
  const allow = (sid: string, actions: readonly string[], resources: string | readonly string[]) => ({
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
  });
  const statements = [
    ...(parameters.length > 0
      ? [
          allow('ReadParameters', ['ssm:GetParameters'], parameters),
          // AWS allows no names here. It shows names and versions, not values, and saves reading what has not changed.
          allow('AskForVersions', ['ssm:DescribeParameters'], '*'),
        ]
      : []),
    ...(secrets.length > 0
      ? [
          allow('ReadSecrets', ['secretsmanager:GetSecretValue'], secrets),
          allow('ReadSecretsInBatches', ['secretsmanager:BatchGetSecretValue'], '*'),
        ]
      : []),
    ...(newParameters.length > 0 ? [allow('WriteParameters', ['ssm:PutParameter'], newParameters)] : []),
    ...(newSecrets.length > 0
      ? [
          allow(
            'WriteSecrets',
            ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
            newSecrets,
          ),
        ]
      : []),
  ];
  if (statements.length === 0) return [];
  const value = { Version: '2012-10-17', Statement: statements };
  return [
    {
      store: 'aws',
      title: 'AWS: an IAM policy for the role of this service (on ECS the task role)',
      text: jsonText(value, 2),
      value,
      note: [
        newParameters.length + newSecrets.length > 0 ? keysToWrite : keys,
        ...savings(parameters.length > 0 && newParameters.length === 0, secrets.length > 0),
        ...(JSON.stringify(value).length > longestPolicy ? [tooLong] : []),
      ].join(' '),
    },
  ];
}

const keys = 'If the values are encrypted with a key of your own, allow kms:Decrypt on that key as well.';
const keysToWrite =
  'If the values are encrypted with a key of your own, allow kms:Decrypt, kms:Encrypt and kms:GenerateDataKey on that key as well.';
/** What is written keeps the settings that it has, which only DescribeParameters says. */
function savings(versions: boolean, batches: boolean): string[] {
  if (versions && batches) return ['AskForVersions and ReadSecretsInBatches save calls and may be left out.'];
  if (versions || batches)
    return [`${versions ? 'AskForVersions' : 'ReadSecretsInBatches'} saves calls and may be left out.`];
  return [];
}
/** IAM, characters of a managed policy without white space. */
const longestPolicy = 6_144;
const tooLong =
  'This is longer than IAM allows for one policy (6,144 characters): split it, or allow a path such as parameter/mesh/* instead of its names.';

const anyOf = (region: string | undefined) => region ?? '*';

function parameterArn({ name, store }: { readonly name: string; readonly store: AwsSettings }): string {
  // A policy is about a parameter, and not about one of its versions or labels.
  const arn = /^arn:(?:[^:]*:){4}[^:]*/.exec(name)?.[0];
  return arn ?? `arn:aws:ssm:${anyOf(store.region)}:*:parameter/${name.replace(/^\//, '').replace(/:.*$/, '')}`;
}

/** AWS adds a hyphen and six characters to the name. */
function secretArn({ id, store }: { readonly id: string; readonly store: AwsSettings }): string {
  if (!id.startsWith('arn:')) return `arn:aws:secretsmanager:${anyOf(store.region)}:*:secret:${id}-??????`;
  return addedCharacters.test(id) ? id : `${id}-??????`;
}

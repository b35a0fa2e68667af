/** How to put a file into a store, with the store's own tool. The tools read the files themselves, so that no secret is an argument. */
import { awsOptions, azureItem, type StoreSource, vaultItem, vaultVariables } from '../../config/index.ts';
import { type SafeText, say, shellWord } from '../../text/index.ts';

export function storeCommands(source: StoreSource, file: string): SafeText[] {
  switch (source.kind) {
    case 'aws_ssm':
      return [
        say`aws ssm put-parameter --name ${shellWord(source.name)} --type SecureString --overwrite --value ${shellWord(`file://${file}`)}${awsOptions(source.store)}`,
      ];
    case 'aws_secret':
      return source.jsonKey === undefined
        ? [
            say`aws secretsmanager put-secret-value --secret-id ${shellWord(source.id)} --secret-string ${shellWord(`file://${file}`)}${awsOptions(source.store)}`,
          ]
        : awsJsonKey(source.id, source.jsonKey, file, awsOptions(source.store));
    case 'azure_secret':
      return [say`az keyvault secret set ${azureItem(source)} --file ${shellWord(file)} --output none`];
    case 'azure_certificate':
      return [
        say`# with its key, which must not have a passphrase there: as PKCS#12 or PEM, in one file`,
        importCommand(source, say`NEW.pfx`),
      ];
    case 'vault':
      return [vaultKey(source, file)];
    case 'kubernetes_secret':
      return kubernetesKey(source, file);
  }
}

/** @param file as a word of the shell */
export const importCommand = (source: Parameters<typeof azureItem>[0], file: SafeText): SafeText =>
  say`az keyvault certificate import ${azureItem(source)} --file ${file}`;

/** The secret's other keys stay as they are. One that does not exist cannot be patched, and only such a one has version 0. */
function vaultKey({ path: whole, key, store }: Extract<StoreSource, { kind: 'vault' }>, file: string): SafeText {
  const { mount, path } = vaultItem(whole, store);
  const kv = say`${vaultVariables(store)} vault kv`;
  const value = shellWord(`${key}=@${file}`);
  return say`${kv} patch ${mount} ${path} ${value} || ${kv} put -cas=0 ${mount} ${path} ${value}`;
}

/** The Secret's other keys stay as they are. */
function kubernetesKey(source: Extract<StoreSource, { kind: 'kubernetes_secret' }>, file: string): SafeText[] {
  const patch = shellWord(`${file}.patch.json`);
  return [
    say`(umask 077; jq --null-input --rawfile new ${shellWord(file)} --arg key ${shellWord(source.key)} '{data: {($key): ($new | @base64)}}' > ${patch})`,
    say`kubectl --namespace ${shellWord(source.namespace)} patch secret ${shellWord(source.name)} --type merge --patch-file ${patch}`,
    say`rm ${patch}`,
  ];
}

/** The secret's other keys stay as they are. */
function awsJsonKey(id: string, key: string, file: string, options: SafeText): SafeText[] {
  const whole = shellWord(`${file}.secret.json`);
  return [
    say`(umask 077; aws secretsmanager get-secret-value --secret-id ${shellWord(id)} --query SecretString --output text${options} | jq --rawfile new ${shellWord(file)} --arg key ${shellWord(key)} '.[$key] = $new' > ${whole})`,
    say`aws secretsmanager put-secret-value --secret-id ${shellWord(id)} --secret-string ${shellWord(`file://${file}.secret.json`)}${options}`,
    say`rm ${whole}`,
  ];
}

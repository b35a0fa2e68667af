/** Where values, secrets and material are, and reading them: one file for each kind of source. */
export { SourceError } from './error.ts';
export { awsOptions, azureItem, vaultItem, vaultVariables } from './own-tools.ts';
export { policiesFor } from './permissions/policies.ts';
export type { Policy } from './permissions/policy.ts';
export {
  isInStore,
  prepareWrite,
  readContent,
  readSecret,
  readSource,
  refreshSources,
  retainSources,
  secretFrom,
  sourceLabel,
} from './read.ts';
export { Secret } from './secret.ts';
export type { StoreProblem } from './store/driver.ts';
export { problemText } from './store/problem-text.ts';
export { type Put, WriteRefusedError } from './store/writer.ts';
export { decodeText } from './text.ts';
export type {
  AnySource,
  AwsSettings,
  AzureSettings,
  GivenSource,
  KubernetesSettings,
  LocalSource,
  Source,
  SourceContent,
  StoreSource,
  VaultSettings,
} from './types.ts';
export type { Variables } from './variables.ts';
export type { PreparedWrite, WrittenPlace } from './write.ts';

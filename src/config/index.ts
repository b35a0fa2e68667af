/** The configuration, and with it the sources of the values and secrets that it names. */

export type {
  AnySource,
  GivenSource,
  PreparedWrite,
  Put,
  Source,
  StoreProblem,
  StoreSource,
  Variables,
  WrittenPlace,
} from '../sources/index.ts';
export {
  awsOptions,
  azureItem,
  decodeText,
  isInStore,
  prepareWrite,
  problemText,
  readContent,
  readSecret,
  readSource,
  refreshSources,
  retainSources,
  Secret,
  SourceError,
  secretFrom,
  sourceLabel,
  vaultItem,
  vaultVariables,
  WriteRefusedError,
} from '../sources/index.ts';
export {
  type DeploymentTarget,
  installedSources,
  isInstallable,
  ownPlaces,
  placeOf,
  targetOf,
} from './deployment-target.ts';
export { defaultDeskWorkingDays } from './environment-schema.ts';
export { cronFields, duration, shortestCronIntervalSeconds } from './formats.ts';
export { loadConfiguration } from './load.ts';
export { isLoopback, networksOf } from './network.ts';
export { parseConfiguration } from './parse.ts';
export { formatPasswordHash, type PasswordHash, parsePasswordHash } from './password-hash.ts';
export { presets } from './presets.ts';
export { ConfigurationError } from './problems.ts';
export { type JsonSchema, jsonSchema } from './schema.ts';
export { starterFile } from './starter.ts';
export { type StarterAnswers, starterWith } from './starter-answers.ts';
export { storeSourcesOf } from './store-sources.ts';
export type {
  ChainOrder,
  Configuration,
  CredentialParts,
  CredentialSources,
  MeshEndpoint,
  PresetName,
  Probe,
  ResolvedEnvironment,
  SmtpServer,
  Thresholds,
} from './types.ts';

/** The configuration, and the sources of the values and secrets in it. */
export { cronFields, duration, shortestCronIntervalSeconds } from './formats.ts';
export { loadConfiguration } from './load.ts';
export { isLoopback, networksOf } from './network.ts';
export { parseConfiguration } from './parse.ts';
export { formatPasswordHash, type PasswordHash, parsePasswordHash } from './password-hash.ts';
export { presets } from './presets.ts';
export { ConfigurationError } from './problems.ts';
export { defaultDeskWorkingDays, type JsonSchema, jsonSchema } from './schema.ts';
export { Secret } from './secret.ts';
export { readContent, readSecret, readSource, SourceError, secretFrom, sourceLabel } from './source.ts';
export { starterFile } from './starter.ts';
export { type StarterAnswers, starterWith } from './starter-answers.ts';
export { decodeText } from './text.ts';
export type {
  Configuration,
  CredentialSources,
  GivenSource,
  MeshEndpoint,
  PresetName,
  Probe,
  ResolvedEnvironment,
  SmtpServer,
  Source,
  Thresholds,
} from './types.ts';
export type { Variables } from './variables.ts';

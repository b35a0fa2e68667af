import { createHash } from 'node:crypto';
import { byEnvironment, ConfigurationError, schemaProblems } from './problems.ts';
import { resolveFile } from './resolve.ts';
import { ruleProblems } from './rules.ts';
import { type ConfigurationFile, fileSchema } from './schema.ts';
import type { Configuration } from './types.ts';
import { warningsOf } from './warnings.ts';
import { parseYaml } from './yaml/parse.ts';

/**
 * Parses the text of a configuration, without reading files or needing secrets. `path`: the file's absolute path, to which other paths are relative.
 * @throws ConfigurationError with every problem at once.
 */
export function parseConfiguration(text: string, path: string): Configuration {
  return configurationOf(parseFile(text, path), text, path);
}

/** @throws ConfigurationError with every problem at once. */
export function parseFile(text: string, path: string): ConfigurationFile {
  const document = parseYaml(text);
  if ('problems' in document) throw new ConfigurationError(path, document.problems);
  return checkedFile(document.value, path);
}

/**
 * A document in which nothing is wrong, with the defaults of its keys: plain data.
 * @throws ConfigurationError with every problem at once.
 */
export function checkedFile(value: unknown, path: string): ConfigurationFile {
  const parsed = fileSchema.safeParse(value);
  const problems = [...schemaProblems(parsed.error?.issues ?? [], value), ...ruleProblems(value)];
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(path, byEnvironment(problems));
  return parsed.data;
}

export function configurationOf(file: ConfigurationFile, text: string, path: string): Configuration {
  const resolved = resolveFile(file, path);
  return {
    ...resolved,
    warnings: warningsOf(file, resolved),
    contentHash: createHash('sha256').update(text).digest('hex'),
  };
}

import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { byEnvironment, ConfigurationError, schemaProblems } from './problems.ts';
import { resolveFile } from './resolve.ts';
import { ruleProblems } from './rules.ts';
import { fileSchema } from './schema.ts';
import type { Configuration } from './types.ts';
import { warningsOf } from './warnings.ts';
import { parseYaml } from './yaml/parse.ts';

/**
 * Parses the text of a configuration, without reading files or needing secrets. `path`: the file's absolute path, to which other paths are relative.
 * @throws ConfigurationError with every problem at once.
 */
export function parseConfiguration(text: string, path: string): Configuration {
  return configurationOf(parseDocument(text, path), text, path);
}

/** The document of a configuration in which nothing is wrong. */
export interface ConfigurationDocument {
  /** Plain data, as YAML has it. */
  readonly value: unknown;
  readonly file: z.infer<typeof fileSchema>;
}

/** @throws ConfigurationError with every problem at once. */
export function parseDocument(text: string, path: string): ConfigurationDocument {
  const document = parseYaml(text);
  if ('problems' in document) throw new ConfigurationError(path, document.problems);
  return checkedDocument(document.value, path);
}

/** @throws ConfigurationError with every problem at once. */
export function checkedDocument(value: unknown, path: string): ConfigurationDocument {
  const parsed = fileSchema.safeParse(value);
  const problems = [...schemaProblems(parsed.error?.issues ?? [], value), ...ruleProblems(value)];
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(path, byEnvironment(problems));
  return { value, file: parsed.data };
}

export function configurationOf({ file }: ConfigurationDocument, text: string, path: string): Configuration {
  const resolved = resolveFile(file, path);
  return {
    ...resolved,
    warnings: warningsOf(file, resolved),
    contentHash: createHash('sha256').update(text).digest('hex'),
  };
}

import { createHash } from 'node:crypto';
import { byEnvironment, ConfigurationError, schemaProblems } from './problems.ts';
import { resolveFile } from './resolve.ts';
import { ruleProblems } from './rules.ts';
import { fileSchema } from './schema.ts';
import type { Configuration } from './types.ts';
import { warningsOf } from './warnings.ts';
import { parseYaml } from './yaml.ts';

/**
 * Parses the text of a configuration, without reading files or needing secrets. `path`: the file's absolute path, to which other paths are relative.
 * @throws ConfigurationError with every problem at once.
 */
export function parseConfiguration(text: string, path: string): Configuration {
  const document = parseYaml(text);
  if ('problems' in document) throw new ConfigurationError(path, document.problems);

  const parsed = fileSchema.safeParse(document.value);
  const problems = [...schemaProblems(parsed.error?.issues ?? [], document.value), ...ruleProblems(document.value)];
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(path, byEnvironment(problems));

  const resolved = resolveFile(parsed.data, path);
  return {
    ...resolved,
    warnings: warningsOf(parsed.data, resolved),
    contentHash: createHash('sha256').update(text).digest('hex'),
  };
}

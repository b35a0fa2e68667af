/**
 * Accepted configurations, one per file in `test/config/good`, and refused ones, by subject in the archives of
 * `test/config/bad`. There each `name.yaml` is followed by `name.txt`: exactly the problems that must be reported.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, type Problem } from '../../../src/config/problems.ts';
import { readTxtar } from '../txtar.ts';

export interface Sample {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

const configurations = join(import.meta.dirname, '..', '..', 'config');
const filesIn = (kind: 'good' | 'bad', extension: RegExp) =>
  readdirSync(join(configurations, kind))
    .filter((file) => extension.test(file))
    .map((file) => ({ name: file, text: readFileSync(join(configurations, kind, file), 'utf8') }));

const good = filesIn('good', /\.(yaml|json)$/);
const bad = filesIn('bad', /\.txtar$/).flatMap(({ text }) => readTxtar(text));
if (new Set(bad.map(({ name }) => name)).size < bad.length) throw new Error('two bad samples have the same name');
const expected = new Map(bad.filter(({ name }) => name.endsWith('.txt')).map(({ name, text }) => [name, text]));

export function samples(kind: 'good' | 'bad'): Sample[] {
  const files = kind === 'good' ? good : bad.filter(({ name }) => name.endsWith('.yaml'));
  return files.map(({ name, text }) => ({ name, path: join(configurations, kind, name), text }));
}

/** What must be reported for a bad sample: one problem per line, in order. */
export function expectedProblems({ name }: Sample): string {
  const problems = expected.get(name.replace(/\.yaml$/, '.txt'));
  if (problems === undefined) throw new Error(`nothing says which problems ${name} has`);
  return problems;
}

export function problemsOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(problemLine).join('');
    throw error;
  }
  return '';
}

export const problemLine = ({ path, message }: Problem): string => `${path === '' ? '' : `${path}: `}${message}\n`;

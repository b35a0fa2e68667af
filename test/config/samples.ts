import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, type Problem } from '../../src/config/problems.ts';

export interface Sample {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

const directory = (kind: 'good' | 'bad') => join(import.meta.dirname, kind);

export function samples(kind: 'good' | 'bad'): Sample[] {
  return readdirSync(directory(kind))
    .filter((file) => /\.(yaml|json)$/.test(file))
    .map((file) => join(directory(kind), file))
    .map((path) => ({ name: path.slice(path.lastIndexOf('/') + 1), path, text: readFileSync(path, 'utf8') }));
}

/** What the sibling of a bad sample says must be reported: one problem a line, in order. */
export function expectedProblems(sample: Sample): string {
  return readFileSync(sample.path.replace(/\.yaml$/, '.txt'), 'utf8');
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

import { expect } from 'vitest';
import { SourceError } from '../../src/sources/error.ts';
import { readSource, type Source, type Variables } from '../../src/sources/index.ts';

/** The sentence with which a source is refused. */
export async function refusal(
  source: Source,
  env: Variables = {},
  read: (source: Source, env: Variables) => Promise<unknown> = readSource,
): Promise<string> {
  const error: unknown = await read(source, env).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  return (error as Error).message;
}

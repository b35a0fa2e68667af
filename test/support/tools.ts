/** Tools on this machine that some tests compare our work with. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const said = new Set<string>();

/**
 * Whether the test can run: `test.skipIf(!needs('openssl'))`. Under CI a missing tool is a failure, because a test that
 * does not run proves nothing; elsewhere the test is skipped, and says so once.
 */
export function needs(tool: string): boolean {
  const found = (process.env.PATH ?? '').split(delimiter).some((folder) => executable(join(folder, tool)));
  if (found) return true;
  if (process.env.CI === 'true') throw new Error(`${tool} is not installed, and CI needs it`);
  if (!said.has(tool)) process.stderr.write(`skipped: tests that need ${tool}, which is not installed\n`);
  said.add(tool);
  return false;
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

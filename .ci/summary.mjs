// The last line of a CI run, in a form that any log reader can parse.
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
  readFileSync('test-results/vitest.json', 'utf8'),
);
if (numPendingTests > 0) {
  process.stderr.write('a test was skipped, which is not allowed in CI\n');
  process.exitCode = 1;
}
process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type } from '../support/cli.ts';
import { type Bench, inDays, makeBench } from '../support/faults/bench.ts';
import { issuedFor } from '../support/faults/record.ts';

const here = (bench: Bench) => ['--config', bench.configurationFile];

async function checked(bench: Bench) {
  const { stdout } = await type(['check', ...here(bench), '--offline', '--format', 'json'], { env: bench.env });
  const { cause, command } = JSON.parse(stdout).environments[0].diagnosis;
  return { cause, command: command as string };
}

test('the commands that are printed are typed to the letter, from the window to the request that the desk has', {
  timeout: 120_000,
}, async () => {
  const bench = await makeBench({ client: { notAfter: inDays(40) } });
  try {
    // As the service sees it; without a record `check` knows nothing of renewals.
    bench.renewal = { state: 'due', record: {} };
    const { diagnosis: due } = await bench.look();
    const look = () => checked(bench);
    expect(due.cause?.code).toBe('renewal_due');
    expect(due.command).toMatch(/^mesh-cert-monitor renew --config /);
    bench.type(due.command ?? '');
    const drafted = await look();
    expect(drafted.cause).toBe('renewal_due');
    expect(drafted.command).toMatch(/^mesh-cert-monitor renewals resolve .*--sent$/);
    bench.type(drafted.command);
    expect((await look()).cause).toBe('certificate_expires_soon');
  } finally {
    await bench.end();
  }
});

describe('only the new certificate was copied, and the key of the old one is still there', () => {
  async function copied(accept: boolean) {
    const bench = await makeBench({ client: { notAfter: inDays(40) } });
    await bench.look();
    const one = [...here(bench), '--environment', 'integration'];
    await type(['renew', ...one], { env: bench.env });
    bench.write('answer.pem', await issuedFor(bench));
    if (accept) await type(['accept', ...one, bench.path('answer.pem')], { env: bench.env });
    bench.write('client.pem', readFileSync(bench.path('answer.pem'), 'utf8'));
    return bench;
  }

  test.each([false, true])('the command puts its key in place; accepted before: %s', async (accept) => {
    const bench = await copied(accept);
    try {
      const { cause, command } = await checked(bench);
      expect(cause).toBe('key_mismatch');
      expect(command).toBe(
        `mesh-cert-monitor accept --config ${bench.configurationFile} --environment integration --install ${bench.path('client.pem')}`,
      );
      bench.type(command);
      expect((await checked(bench)).cause).toBeNull();
    } finally {
      await bench.end();
    }
  });
});

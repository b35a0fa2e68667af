import { expect, test } from 'vitest';
import { type } from '../support/cli.ts';
import { inDays, makeBench } from '../support/faults/bench.ts';

test('the commands that are printed are typed to the letter, from the window to the request that the desk has', {
  timeout: 120_000,
}, async () => {
  const bench = await makeBench({ client: { notAfter: inDays(40) } });
  try {
    // As the service sees it; without a record `check` knows nothing of renewals.
    bench.renewal = { state: 'due', record: {} };
    const { diagnosis: due } = await bench.look();
    const look = async () => {
      const words = ['check', '--config', bench.configurationFile, '--offline', '--format', 'json'];
      const { stdout } = await type(words, { env: bench.env });
      const { cause, command } = JSON.parse(stdout).environments[0].diagnosis;
      return { cause, command: command as string };
    };
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

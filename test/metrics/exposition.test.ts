import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { handshakeReasons } from '../../src/mesh/types.ts';
import { type MetricName, metricCatalogue, metricNames } from '../../src/metrics/catalogue.ts';
import { Exposition } from '../../src/metrics/exposition.ts';
import type { ExpositionFormat } from '../../src/metrics/format.ts';
import { type RenewalRecord, renewalStates } from '../../src/renewal/types.ts';
import type { EstateStatus } from '../../src/status/types.ts';
import { unixSeconds } from '../../src/time/duration.ts';
import { openMetricsProblems, parseSeries, publishText, withPromClient } from '../support/exposition.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  estateOf,
  everyEnvironment,
  handshakeStatusOf,
  hostileSubject,
  sampleAssessment,
  sampleCertificate,
  sampleChain,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
  sampleNow,
  wholeEstate,
} from '../support/status.ts';
import { needs } from '../support/tools.ts';

const build = { version: '1.2.3', nodeVersion: '24.0.0' };
const text = (estate: EstateStatus, format: ExpositionFormat = 'prometheus') => publishText(estate, build, format);
const lines = async (estate: EstateStatus, name: MetricName, format: ExpositionFormat = 'prometheus') =>
  (await text(estate, format)).split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
const seriesValue = async (estate: EstateStatus, line: string) => {
  const found = (await text(estate)).split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length));
};

const estates: Record<string, () => EstateStatus> = {
  empty: () => estateOf([]),
  healthy: () => estateOf([environmentStatus()]),
  'every state': wholeEstate,
  'before the first cycle': () => estateOf([everyEnvironment().unchecked]),
  'hostile names': () =>
    estateOf([
      environmentStatus({ name: 'quo"te\\back\nline' }),
      environmentStatus({
        name: 'subjects',
        certificates: [
          ...sampleChain({ subjectText: hostileSubject }),
          { role: 'root', onPath: false, certificate: sampleCertificate({ issuerText: 'CN=\ud800 half a character' }) },
        ],
      }),
    ]),
};

describe('names', () => {
  test('the metrics that operators depend on are locked by a golden file', async () => {
    const golden = metricNames.map((name) => {
      const { type, unit, labels, help, ...more } = metricCatalogue[name];
      const absent = 'absent' in more && more.absent ? [`  absent: ${more.absent}`] : [];
      return [`${name} (${type}, ${unit}) {${labels.join(', ')}}`, `  ${help}`, ...absent].join('\n');
    });
    await expect(`${golden.join('\n\n')}\n`).toMatchFileSnapshot('golden/catalogue.golden.txt');
  });

  test('every series carries mesh_environment first, but for those of the process', async () => {
    for (const line of (await text(wholeEstate())).split('\n').filter(Boolean)) {
      if (line.startsWith('#') || line.startsWith('nhs_mesh_config_') || line.startsWith('mesh_cert_monitor_'))
        continue;
      expect(line).toMatch(/^nhs_mesh_[a-z0-9_]+\{mesh_environment="/);
    }
  });

  test('each series has exactly the labels of its catalogue entry', async () => {
    for (const name of metricNames) {
      for (const line of await lines(wholeEstate(), name)) {
        const labels = [...(parseSeries(line)?.labels ?? [])].map(([label]) => label);
        expect(labels, line).toEqual([...metricCatalogue[name].labels]);
      }
    }
  });
});

describe('formats', () => {
  test('the whole of a healthy environment is locked by a golden file', async () => {
    await expect(await text(estateOf([environmentStatus()]))).toMatchFileSnapshot('golden/healthy.golden.prom');
  });

  test.each(Object.entries(estates))(
    'prom-client’s own gauges and counters write the same text: %s',
    async (_, estate) => {
      expect(await text(estate())).toBe(await withPromClient(await text(estate()), 'prometheus'));
      expect(await text(estate(), 'openmetrics')).toBe(await withPromClient(await text(estate()), 'openmetrics'));
    },
  );

  test.skipIf(!needs('promtool')).each(Object.entries(estates))('promtool has no complaint: %s', async (_, estate) => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await text(estate()),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test.each(Object.entries(estates))('OpenMetrics text keeps the rules of its specification: %s', async (_, estate) => {
    expect(openMetricsProblems(await text(estate(), 'openmetrics'))).toEqual([]);
  });

  test('the check of OpenMetrics sees what it is there for', async () => {
    const good = await text(estateOf([environmentStatus()]), 'openmetrics');
    expect(openMetricsProblems(good.replace('# EOF\n', ''))).toEqual(['does not end with # EOF']);
    expect(
      openMetricsProblems(good.replace('# TYPE nhs_mesh_handshakes ', '# TYPE nhs_mesh_handshakes_total ')),
    ).not.toEqual([]);
    expect(openMetricsProblems(good.replace(/(nhs_mesh_credential_valid\{.*\n)/, '$1$1'))).not.toEqual([]);
    expect(openMetricsProblems(good.replace(/(nhs_mesh_credential_valid\{.*\} )1/, '$1NaN'))).not.toEqual([]);
  });

  test('the pieces join to the whole, and none of them is an estate long', async () => {
    const estate = estateOf([...Array(400).keys()].map((each) => environmentStatus({ name: `environment-${each}` })));
    const pieces: string[] = [];
    for await (const piece of new Exposition(build).text(estate, 'prometheus')) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(10);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
    expect(pieces.join('')).toBe(await text(estate));
  });
});

describe('certificates', () => {
  test('where two share role and subject, the earliest date counts', async () => {
    const subjectText = 'CN=NHS Root';
    const root = (serial: string, notAfter: Date, notBefore: Date) => ({
      role: 'root' as const,
      onPath: false,
      certificate: sampleCertificate({ subjectText, serial, notAfter, notBefore }),
    });
    const estate = estateOf([
      environmentStatus({
        certificates: [
          root('01', daysFromSampleNow(20), daysFromSampleNow(-5)),
          root('02', daysFromSampleNow(10), daysFromSampleNow(-4)),
        ],
      }),
    ]);
    const labels = '{mesh_environment="integration",role="root",subject="CN=NHS Root"}';
    expect(await lines(estate, 'nhs_mesh_certificate_not_after_timestamp_seconds')).toEqual([
      `nhs_mesh_certificate_not_after_timestamp_seconds${labels} ${unixSeconds(daysFromSampleNow(10))}`,
    ]);
    expect(await lines(estate, 'nhs_mesh_certificate_not_before_timestamp_seconds')).toEqual([
      `nhs_mesh_certificate_not_before_timestamp_seconds${labels} ${unixSeconds(daysFromSampleNow(-5))}`,
    ]);
    expect(await lines(estate, 'nhs_mesh_certificate_info')).toHaveLength(2);
  });

  test('two long subjects that are alike in their first 256 characters are one series', async () => {
    const certificates = ['a', 'b'].flatMap((end) => sampleChain({ subjectText: `CN=${'x'.repeat(300)}${end}` }));
    const clients = (
      await lines(estateOf([environmentStatus({ certificates })]), 'nhs_mesh_certificate_not_after_timestamp_seconds')
    ).filter((line) => line.includes('role="client"'));
    expect(clients).toHaveLength(1);
    expect(parseSeries(clients[0]!)?.labels.get('subject')).toHaveLength(256);
  });

  test('a date that is none is left out rather than NaN', async () => {
    const certificates = sampleChain({ notAfter: new Date(Number.NaN) });
    const estate = estateOf([environmentStatus({ certificates, expiresAt: new Date(Number.NaN) })]);
    expect(await text(estate)).not.toContain('NaN');
    expect(await lines(estate, 'nhs_mesh_credential_expiry_timestamp_seconds')).toEqual([]);
  });

  test('the last known dates stay when the file has gone bad, and the check says so', async () => {
    const estate = estateOf([everyEnvironment().unreadable]);
    const own = 'mesh_environment="unreadable"';
    expect(await lines(estate, 'nhs_mesh_certificate_not_after_timestamp_seconds')).toHaveLength(3);
    expect(await seriesValue(estate, `nhs_mesh_credential_expiry_timestamp_seconds{${own}}`)).toBe(
      unixSeconds(daysFromSampleNow(295)),
    );
    expect(await seriesValue(estate, `nhs_mesh_check_passed{${own},check="readable"}`)).toBe(0);
  });
});

describe('what is gone is gone', () => {
  test('a finding that no longer stands and a subject that was replaced leave no series behind', async () => {
    const before = estateOf([everyEnvironment().expiresSoon]);
    const after = estateOf([environmentStatus({ name: 'expires-soon' })]);
    expect(await lines(before, 'nhs_mesh_finding')).toEqual([
      'nhs_mesh_finding{mesh_environment="expires-soon",code="certificate_expires_soon",severity="warning"} 1',
    ]);
    expect(await lines(after, 'nhs_mesh_finding')).toEqual([]);
  });

  test('what the next deployment gets has series of its own, and none where it is not configured', async () => {
    const expiresAt = daysFromSampleNow(900);
    const estate = (valid: boolean) =>
      estateOf([environmentStatus({ next: sampleAssessment({ valid, expiresAt }) }), everyEnvironment().sandbox]);
    expect(await lines(estate(true), 'nhs_mesh_next_credential_valid')).toEqual([
      'nhs_mesh_next_credential_valid{mesh_environment="integration"} 1',
    ]);
    expect(await lines(estate(false), 'nhs_mesh_next_credential_valid')).toEqual([
      'nhs_mesh_next_credential_valid{mesh_environment="integration"} 0',
    ]);
    expect(await lines(estate(true), 'nhs_mesh_next_credential_expiry_timestamp_seconds')).toEqual([
      `nhs_mesh_next_credential_expiry_timestamp_seconds{mesh_environment="integration"} ${unixSeconds(expiresAt)}`,
    ]);
    expect(await lines(estateOf([environmentStatus()]), 'nhs_mesh_next_credential_valid')).toEqual([]);
  });

  test('a draft has not been sent to the desk', async () => {
    const requestedAt = new Date('2026-02-27T09:00:00Z');
    const since = async (delivery: 'drafted' | 'sent') => {
      const base = environmentStatus();
      const record = { state: 'requested', delivery, requestedAt } as RenewalRecord;
      const renewal = { ...base.renewal, state: 'requested' as const, requestedAt, record };
      return lines(estateOf([{ ...base, renewal }]), 'nhs_mesh_renewal_requested_timestamp_seconds');
    };
    const series = 'nhs_mesh_renewal_requested_timestamp_seconds{mesh_environment="integration"}';
    expect(await since('drafted')).toEqual([`${series} 0`]);
    expect(await since('sent')).toEqual([`${series} ${unixSeconds(requestedAt)}`]);
  });

  test('two findings of one code are one series', async () => {
    const findings = [sampleFinding('ca_expired', 'One.'), sampleFinding('ca_expired', 'Two.')];
    expect(await lines(estateOf([environmentStatus({ findings })]), 'nhs_mesh_finding')).toHaveLength(1);
  });

  test('an environment without a credential has no credential series and no checks', async () => {
    const estate = estateOf([everyEnvironment().sandbox]);
    for (const name of metricNames.filter((each) => /_(certificate|credential|check_passed)/.test(each))) {
      if (metricCatalogue[name].group !== 'handshake') expect(await lines(estate, name)).toEqual([]);
    }
  });
});

describe('from the first scrape', () => {
  const first = estateOf([everyEnvironment().unchecked]);
  const own = 'mesh_environment="unchecked"';

  test.each([
    ...['success', 'failure'].map((outcome) => `nhs_mesh_handshakes_total{${own},outcome="${outcome}"}`),
    ...['sent', 'failed', 'drafted'].map((outcome) => `nhs_mesh_renewal_emails_total{${own},outcome="${outcome}"}`),
    ...handshakeReasons.map((reason) => `nhs_mesh_handshake_failure{${own},reason="${reason}"}`),
    `nhs_mesh_handshake_last_success_timestamp_seconds{${own}}`,
    `nhs_mesh_handshake_http_status_code{${own}}`,
    `nhs_mesh_renewal_due_timestamp_seconds{${own}}`,
    `nhs_mesh_renewal_requested_timestamp_seconds{${own}}`,
    `nhs_mesh_check_last_run_timestamp_seconds{${own}}`,
  ])('%s is 0', async (line) => {
    expect(await seriesValue(first, line)).toBe(0);
  });

  test('exactly one renewal state is 1', async () => {
    for (const environment of Object.values(everyEnvironment())) {
      const values = (await lines(estateOf([environment]), 'nhs_mesh_renewal_state')).map((line) =>
        Number(line.at(-1)),
      );
      expect(values).toHaveLength(renewalStates.length);
      expect(values.reduce((sum, value) => sum + value)).toBe(1);
    }
  });

  test('whether the last handshake succeeded is not claimed before there was one', async () => {
    expect(await lines(first, 'nhs_mesh_handshake_success')).toEqual([]);
  });
});

describe('handshakes', () => {
  test.each(handshakeReasons)('%s is 1 and every other reason 0', async (reason) => {
    const estate = estateOf([environmentStatus({ handshake: handshakeStatusOf(sampleFailedHandshake(reason)) })]);
    const standing = (await lines(estate, 'nhs_mesh_handshake_failure')).filter((line) => line.endsWith(' 1'));
    expect(standing).toEqual([`nhs_mesh_handshake_failure{mesh_environment="integration",reason="${reason}"} 1`]);
    expect(await seriesValue(estate, 'nhs_mesh_handshake_success{mesh_environment="integration"}')).toBe(0);
  });

  test('after a success no reason stands', async () => {
    const standing = await lines(estateOf([environmentStatus()]), 'nhs_mesh_handshake_failure');
    expect(standing.filter((line) => !line.endsWith(' 0'))).toEqual([]);
  });

  test('the server’s earliest date stays from the last handshake that saw it', async () => {
    const seen = sampleHandshake({
      serverCertificates: [200, 100].map((days) => sampleCertificate({ notAfter: daysFromSampleNow(days) })),
    });
    const failed = sampleFailedHandshake('connection_refused');
    const handshake = handshakeStatusOf(failed, { history: [seen, failed] });
    const line = 'nhs_mesh_server_certificate_not_after_timestamp_seconds{mesh_environment="integration"}';
    expect(await seriesValue(estateOf([environmentStatus({ handshake })]), line)).toBe(
      unixSeconds(daysFromSampleNow(100)),
    );
    const never = handshakeStatusOf(failed);
    expect(await seriesValue(estateOf([environmentStatus({ handshake: never })]), line)).toBeUndefined();
  });
});

test('the configuration’s state and the build are told without an environment', async () => {
  const estate = estateOf([], {
    configuration: { file: '/etc/my mesh/c.yaml', lastReloadSuccessful: false, lastReloadSuccessAt: sampleNow },
  });
  expect(await seriesValue(estate, 'nhs_mesh_config_last_reload_successful')).toBe(0);
  expect(await seriesValue(estate, 'nhs_mesh_config_last_reload_success_timestamp_seconds')).toBe(
    unixSeconds(sampleNow),
  );
  expect(await seriesValue(estate, 'mesh_cert_monitor_build_info{version="1.2.3",node_version="24.0.0"}')).toBe(1);
});

test('an estate that has a name has it on every series', async () => {
  const named = await text(estateOf(Object.values(everyEnvironment()), { name: 'Leeds “A”' }));
  for (const line of named.split('\n').filter((each) => each && !each.startsWith('#')))
    expect(line).toContain('mesh_estate="Leeds “A”"');
  expect(await text(wholeEstate())).not.toContain('mesh_estate');
});

test('a check that was not configured is absent, one that failed is 0', async () => {
  const assessment = sampleAssessment({ notConfigured: ['key_match'], failed: ['chain_valid'] });
  const estate = estateOf([environmentStatus({ assessment })]);
  const check = async (name: string) =>
    await seriesValue(estate, `nhs_mesh_check_passed{mesh_environment="integration",check="${name}"}`);
  expect(await Promise.all([check('key_match'), check('chain_valid'), check('readable')])).toEqual([undefined, 0, 1]);
});

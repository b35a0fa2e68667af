import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { config } from '../../alerts/src/config.ts';
import { rankLabel } from '../../alerts/src/rank.ts';
import { runbookUrl } from '../../alerts/src/rule.ts';
import { ruleGroups } from '../../alerts/src/rules.ts';
import { findingCodes } from '../../src/findings/catalogue.ts';
import { handshakeReasons } from '../../src/mesh/types.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { hourMs, secondMs } from '../../src/time/duration.ts';
import { type Fault, faults } from '../scenarios/faults/all.ts';
import { publishText } from '../support/exposition.ts';
import { makeBench } from '../support/faults/bench.ts';
import { estateOf } from '../support/status.ts';
import { needs } from '../support/tools.ts';

const seen = new Map<Fault, EnvironmentStatus>();

const sorted = (codes: readonly string[]) => [...codes].sort();
const codesOf = (findings: EnvironmentStatus['findings']) => sorted(findings.map(({ code }) => code));

test('an environment without a fault needs nobody', async () => {
  const bench = await makeBench();
  const { diagnosis, findings } = await bench.look();
  await bench.end();
  expect({ cause: diagnosis.cause?.code, findings: codesOf(findings) }).toEqual({ cause: undefined, findings: [] });
});

describe('one fault, one cause, one thing to do first', () => {
  const possible = faults.filter(({ tool }) => !tool || needs(tool));
  test.each(possible.map((fault) => [fault.name, fault] as const))('%s', { timeout: 120_000 }, async (_, fault) => {
    const bench = await fault.make();
    try {
      const status = await bench.look();
      seen.set(fault, status);
      const { diagnosis, findings, handshake } = status;
      const standing = findings.filter(({ severity }) => severity !== 'info');
      expect({
        cause: diagnosis.cause?.code,
        consequences: codesOf(diagnosis.consequences),
        beside: codesOf(standing.slice(1)),
        information: codesOf(findings.filter(({ severity, consequenceOf }) => severity === 'info' && !consequenceOf)),
        reason: handshake.last?.reason,
      }).toEqual({
        cause: fault.cause,
        consequences: sorted(fault.consequences),
        beside: sorted(fault.also ?? []),
        information: sorted(fault.information ?? []),
        reason: fault.reason,
      });
      const rule = ruleGroups.flatMap(({ alerts }) => alerts).find(({ alert }) => alert === fault.alert);
      if (rule) expect(rule.severity, fault.alert).toBe(diagnosis.cause?.severity);
      else if (!fault.also) expect(diagnosis.cause?.severity, 'nobody is paged').not.toBe('critical');
      if (fault.headline) expect(diagnosis.headline).toMatch(fault.headline);
      if (fault.first) expect(diagnosis.firstAction).toMatch(fault.first);
      if (!fault.remedy && !fault.typed) return;
      await fault.remedy?.(bench);
      if (fault.typed) bench.type(diagnosis.command ?? '');
      const after = await bench.look();
      expect(after.diagnosis.cause?.code, 'after the remedy').toBeUndefined();
    } finally {
      await bench.end();
    }
  });
});

test('every code, and every reason of a failed handshake, is in at least one fault', () => {
  const codes = faults.flatMap(({ cause, consequences, also = [], information = [] }) => [
    ...(cause ? [cause] : []),
    ...consequences,
    ...also,
    ...information,
  ]);
  expect(findingCodes.filter((code) => !codes.includes(code))).toEqual([]);
  const reasons = faults.map(({ reason }) => reason);
  expect(handshakeReasons.filter((reason) => !reasons.includes(reason))).toEqual([]);
});

test('there are at least 40 faults, and their names differ', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(faults.length).toBeGreaterThanOrEqual(40);
});

const placeless = (text: string) =>
  text
    .replaceAll(/\/tmp\/fault-\w+/g, '/etc/mesh')
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '$1')
    .replaceAll(/\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+Z)?)?/g, 'DATE')
    .replaceAll(/\b[A-Z][a-z]+day \d{1,2} [A-Z][a-z]+ \d{4} \(DATE\)/g, 'DATE')
    .replaceAll(/\b[A-Z][a-z]+day \d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d (?:GMT|BST) \(DATEZ?\)/g, 'DATE')
    .replaceAll(/working days left: \d+/g, 'working days left: N')
    .replaceAll(/(?:[0-9a-f]{4} ){9}[0-9a-f]{4}/g, 'KEY-IDENTIFIER')
    .replaceAll(/\b[0-9A-F]{16,40}\b/g, 'SERIAL')
    .replaceAll(/\bintegration-[0-9a-f]{16}\b/g, 'integration-FINGERPRINT')
    .replaceAll(/\b\d+ seconds\b/g, 'N seconds');

function told(fault: Fault, { diagnosis }: EnvironmentStatus): string {
  const { alsoNeedsAttention, cause, command, consequences, firstAction, headline } = diagnosis;
  const list = (findings: typeof consequences) => sorted(findings.map(({ code }) => `\`${code}\``)).join(', ');
  return placeless(
    [
      `## ${fault.name}`,
      cause ? `**${headline}** (\`${cause.code}\`, ${cause.severity})` : 'Nothing needs attention.',
      ...(cause ? [cause.message, `*Do first:* ${firstAction}`] : []),
      ...(command ? [`\`\`\`sh\n${command}\n\`\`\``] : []),
      ...(consequences.length > 0 ? [`*Follows from it:* ${list(consequences)}`] : []),
      ...(alsoNeedsAttention.length > 0 ? [`*Needs attention as well:* ${list(alsoNeedsAttention)}`] : []),
      ...(fault.alert ? [`*Alert:* [${fault.alert}](alerts.md#${fault.alert.toLowerCase()})`] : []),
    ].join('\n\n'),
  );
}

test.skipIf(!needs('openssl') || !needs('keytool'))(
  'docs/diagnosis.md shows what a person is told for each',
  async () => {
    const head = `# Faults and what you are told about them

The tests put each of these faults into a healthy environment with a real MESH stand-in, and write down what \`check\`, the page, \`/health\` and the API say.
[findings.md](findings.md#one-cause) explains how the cause is found. Dates, key identifiers and serial numbers are replaced.`;
    const text = [head, ...[...seen].map(([fault, status]) => told(fault, status))].join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot('../../docs/diagnosis.md');
  },
);

/** Long enough for every alert: the longest waits six hours. */
const hours = 7;
const shifted = (name: string, value: string, now: Date) =>
  name.endsWith('_timestamp_seconds') && value !== '0'
    ? String(Number(value) - now.getTime() / secondMs + (hours * hourMs) / secondMs)
    : value;

/** What the alert must say: what the diagnosis says. */
const wordsOf = ({ name, diagnosis: { command, headline, lastingAction } }: EnvironmentStatus, file: string) =>
  `${headline}. ${lastingAction} ${command === undefined ? `Details: ${detailsOf(name, file)}` : `Command: ${command}`}`;
/** A label has no room for the message, which some first actions refer to. */
const detailsOf = (name: string, file: string) => `mesh-cert-monitor check --config ${file} --environment ${name}`;

interface Expected {
  readonly name: string;
  readonly series: readonly { readonly series: string; readonly values: string }[];
  /** What fires, in Prometheus’s notation; none if nothing pages. */
  readonly firing: readonly string[];
  readonly alert?: { readonly alertname: string; readonly exp_labels: object; readonly exp_annotations: object };
}

/** The environment's series over the hours, and what has to fire for it and for nothing else. */
async function expectedOf(fault: Fault, status: EnvironmentStatus): Promise<Expected> {
  const { name } = status;
  const text = await publishText(estateOf([status]), { version: '1', nodeVersion: '24' }, 'prometheus');
  const now = status.lastRunAt as Date;
  const series = text.split('\n').flatMap((line) => {
    const [, metric = '', labels = '', value = ''] = /^(nhs_mesh_\w+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    return metric ? [{ series: `${metric}${labels}`, values: `${shifted(metric, value, now)}x${hours * 6}` }] : [];
  });
  const rule = ruleGroups.flatMap(({ alerts }) => alerts).find(({ alert }) => alert === fault.alert);
  if (!rule) return { name, series, firing: [] };
  const reason = fault.alert === 'MeshHandshakeRefused' ? { reason: status.handshake.last?.reason } : {};
  const labels = { severity: rule.severity, ...rankLabel(rule), mesh_environment: name, ...reason };
  const written = Object.entries({ alertname: rule.alert, alertstate: 'firing', ...labels });
  const filled = (template: string) =>
    template.replaceAll('{{ $labels.mesh_environment }}', name).replaceAll('{{ $labels.reason }}', reason.reason ?? '');
  return {
    name,
    series,
    firing: [`ALERTS{${written.map(([label, value]) => `${label}="${value}"`).join(', ')}}`],
    alert: {
      alertname: rule.alert,
      exp_labels: labels,
      exp_annotations: {
        summary: filled(rule.summary),
        description: wordsOf(status, '/etc/mesh/mesh-cert-monitor.yaml'),
        runbook_url: runbookUrl(rule.alert),
        dashboard_url: `${config.dashboardUrl}?var-mesh_environment=${name}&var-job=&var-mesh_estate=`,
      },
    },
  };
}

/** All of them are environments of one estate, because starting promtool's database for each takes longer than everything else. */
function unitTest(expected: readonly Expected[]) {
  const series = new Map(expected.flatMap((each) => each.series.map((one) => [one.series, one.values] as const)));
  const alerts = expected.flatMap(({ alert }) => alert ?? []);
  return {
    name: 'every fault',
    interval: '10m',
    input_series: [...series].map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: 'ALERTS{alertstate="firing",mesh_environment!=""}',
        eval_time: `${hours}h`,
        exp_samples: expected.flatMap(({ firing }) => firing.map((labels) => ({ labels, value: 1 }))),
      },
    ],
    alert_rule_test: [...Map.groupBy(alerts, ({ alertname }) => alertname)].map(([alertname, of]) => ({
      eval_time: `${hours}h`,
      alertname,
      exp_alerts: of.map(({ exp_annotations, exp_labels }) => ({ exp_labels, exp_annotations })),
    })),
  };
}

describe('the alerts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('one cause pages once, in the words of the diagnosis, and what follows from it not at all', {
    skip: !needs('promtool'),
    timeout: 300_000,
  }, async () => {
    const alone = [...seen].filter(([{ also }]) => !also);
    expect(alone.length).toBeGreaterThan(40);
    const expected = await Promise.all(
      alone.map(([fault, status], index) => expectedOf(fault, { ...status, name: `fault-${index}` })),
    );
    expect(new Set(expected.map(({ name }) => name)).size).toBe(alone.length);
    const file = join(folder, 'faults.test.yaml');
    const rules = resolve('alerts/mesh-cert-monitor.rules.yaml');
    writeFileSync(
      file,
      stringify({ rule_files: [rules], evaluation_interval: '10m', tests: [unitTest(expected)] }, { lineWidth: 0 }),
    );
    // Throws with promtool's report, which names the environment, and so the fault's place in the list.
    expect(execFileSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});

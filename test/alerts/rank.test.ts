import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pagesInOrder, rankLabel } from '../../alerts/src/rank.ts';
import type { AlertRule } from '../../alerts/src/rule.ts';
import { ruleGroups } from '../../alerts/src/rules.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { rankOf } from '../../src/diagnosis/rank.ts';
import { findingCodes } from '../../src/findings/catalogue.ts';
import { evidence, failed } from '../diagnosis/evidence.ts';
import { eventually, freePort, type Program, start } from '../support/process.ts';
import { needs } from '../support/tools.ts';

const rules = ruleGroups.flatMap(({ alerts }) => alerts);
const ruleOf = (name: string) => rules.find(({ alert }) => alert === name) as AlertRule;
const pages = pagesInOrder.map(ruleOf);
const pairs = pages.flatMap((first, at) => pages.slice(at + 1).map((second) => [first, second] as const));
const minutes = (wait: string) => Number.parseInt(wait, 10);

test('every critical alert about an environment has a rank, and no other alert', () => {
  const critical = rules.filter(({ monitor, severity }) => severity === 'critical' && !monitor);
  expect(critical.map(({ alert }) => alert).sort()).toEqual([...pagesInOrder].sort());
});

test('every code has its own rank', () => {
  expect(new Set(findingCodes.map(rankOf)).size).toBe(findingCodes.length);
});

describe('of two critical findings that have nothing to do with each other, the one that the diagnosis names pages', () => {
  test.each(pairs.map(([one, other]) => [one.alert, other.alert, one, other] as const))(
    '%s, %s',
    (_, __, one, other) => {
      for (const first of one.about ?? [])
        for (const second of other.about ?? []) {
          if (one.about?.includes(second) || other.about?.includes(first)) continue;
          const given = evidence(
            [
              [second, 'critical'],
              [first, 'critical'],
            ],
            [first, second].includes('handshake_failed') ? { handshake: failed('mailbox_unknown') } : {},
          );
          const { cause, consequences } = diagnose(given);
          // One may explain the other; then there is nothing to rank.
          if (consequences.length > 0) continue;
          expect(cause?.code, `${first} and ${second}`).toBe(first);
        }
    },
  );
});

test('what ranks lower does not fire earlier, except an expiry, and what waits for a second handshake', () => {
  const waits = pages.filter(
    ({ alert }) => !['MeshClockSkewCritical', 'MeshCertificateExpired', 'MeshHandshakeFailing'].includes(alert),
  );
  expect(new Set(waits.map(({ for: wait }) => minutes(wait)))).toEqual(new Set([10]));
});

describe.skipIf(!needs('prometheus-alertmanager'))(
  'with a real Alertmanager and the example of its configuration',
  () => {
    let folder: string;
    let program: Program;
    let url: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'rank-'));
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      program = start('prometheus-alertmanager', [
        `--config.file=${resolve('alerts/alertmanager.example.yaml')}`,
        `--storage.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ]);
      await eventually(
        program.output,
        async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok || undefined,
      );
    });
    afterAll(async () => {
      await program?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const labelsOf = (rule: AlertRule, mesh_environment: string) => ({
      alertname: rule.alert,
      severity: rule.severity,
      ...rankLabel(rule),
      mesh_environment,
      job: 'mesh-cert-monitor',
    });
    const post = (alerts: readonly object[]) =>
      fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(alerts),
      });
    interface Held {
      readonly labels: Readonly<Record<string, string>>;
      readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed' };
    }
    const held = async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as Held[];
    /** Environment to the alerts that are sent. */
    const sent = (alerts: readonly Held[]) =>
      Object.fromEntries(
        [...Map.groupBy(alerts, ({ labels }) => labels.mesh_environment ?? '')].map(([name, some]) => [
          name,
          some.filter(({ status }) => status.state === 'active').map(({ labels }) => labels.alertname),
        ]),
      );

    test('of any two critical alerts about one environment one is sent, and the other once the first has gone', async () => {
      const named = pairs.map(([one, other], at) => [`pair-${at}`, one, other] as const);
      await post(named.flatMap(([name, ...both]) => both.map((rule) => ({ labels: labelsOf(rule, name) }))));
      const first = Object.fromEntries(named.map(([name, one]) => [name, [one.alert]]));
      await eventually(
        () => 'inhibition',
        async () => {
          const now = await held();
          // An alert is active until Alertmanager has seen the one that holds it back.
          return now.length === 2 * named.length && isDeepStrictEqual(sent(now), first) ? true : undefined;
        },
      );
      const endsAt = new Date().toISOString();
      await post(named.map(([name, one]) => ({ labels: labelsOf(one, name), endsAt })));
      const second = Object.fromEntries(named.map(([name, , other]) => [name, [other.alert]]));
      await eventually(
        () => 'the second',
        async () => {
          const now = sent(await held());
          return Object.entries(second).every(([name, alerts]) => now[name]?.join() === alerts.join()) || undefined;
        },
      );
    }, 120_000);

    test('of two environments each has its own', async () => {
      const [one, other] = pairs[0]!;
      await post([{ labels: labelsOf(one, 'here') }, { labels: labelsOf(other, 'there') }]);
      await eventually(
        () => 'both',
        async () => {
          const now = sent(await held());
          return (now.here?.length === 1 && now.there?.length === 1) || undefined;
        },
      );
    }, 60_000);
  },
);

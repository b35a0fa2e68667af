/** A real Prometheus scrapes the built service, a real Alertmanager sends what its rules say, and a mail server reads it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleGroups } from '../../alerts/src/rules.ts';
import { queries } from '../../grafana/src/queries.ts';
import { createEstate, type Estate } from '../../src/demo/estate.ts';
import { startMailCatcher } from '../../src/demo/mail-catcher.ts';
import { createApp } from '../../src/web/app.ts';
import { listen, type WebServer } from '../../src/web/server.ts';
import { eventually, freePort, type Program, start } from '../support/process.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { estateOf } from '../support/status.ts';
import { needs } from '../support/tools.ts';
import { alertingEstate, configurationFile } from './alerting-estate.ts';

const able = needs('prometheus') && needs('prometheus-alertmanager');
const rules = ruleGroups.flatMap(({ alerts }) => alerts);
const started = new Date();

let folder: string;
let estate: Estate;
let sample: WebServer;
let prometheusUrl: string;
let serviceUrl: string;
let service: Program;
/** Of each environment, the configuration of the service that has it. */
const fileOf = new Map<string, string>();
const caught: { subject: string; file: string }[] = [];
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  if (!able) return;
  folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-live-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  sample = await startSample();
  serviceUrl = await startService();
  const mail = await startMailCatcher(join(folder, 'mail'), (message) => caught.push(message));
  stops.push(mail.stop);
  await startPrometheus(serviceUrl, await startAlertmanager(mail.port));
}, 180_000);

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
}, 60_000);

async function startSample(): Promise<WebServer> {
  const configuration = { file: configurationFile, lastReloadSuccessful: false, lastReloadSuccessAt: started };
  const statuses = Object.values(alertingEstate(started));
  for (const { name } of statuses) fileOf.set(name, configurationFile);
  const app = createApp({
    estate: () => estateOf(statuses, { configuration }),
    build: { version: 'sample', nodeVersion: process.version.slice(1) },
    now: () => new Date(),
    report: (error) => {
      throw error;
    },
  });
  return listen(app, { host: '127.0.0.1', port: 0 });
}

async function startService(): Promise<string> {
  estate = await createEstate({ now: () => new Date(), atMs: 0, port: 0, caught: () => {} });
  stops.push(estate.stop);
  for (const { name } of (await estate.load()).environments) fileOf.set(name, estate.configurationFile);
  const served = await startServiceProcess(estate.configurationFile, { env: estate.env });
  service = served;
  stops.push(() => served.stop());
  return served.url;
}

async function startAlertmanager(smtpPort: number): Promise<number> {
  const port = await freePort();
  const config = (await readFile('alerts/alertmanager.example.yaml', 'utf8'))
    .replace('smtp.example.org:587', `127.0.0.1:${smtpPort}`)
    .replace('smtp_require_tls: true', 'smtp_require_tls: false')
    .replace('group_wait: 30s', 'group_wait: 1s')
    .replace('group_interval: 5m', 'group_interval: 1s');
  await writeFile(join(folder, 'alertmanager.yml'), config);
  const program = start('prometheus-alertmanager', [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]);
  stops.push(() => program.stop());
  await eventually(program.output, () => answers(`http://127.0.0.1:${port}/-/ready`));
  return port;
}

/** The shipped rules, without their waits: those are proven to the minute by the unit tests. */
async function startPrometheus(serviceUrl: string, alertmanagerPort: number): Promise<void> {
  const port = await freePort();
  prometheusUrl = `http://127.0.0.1:${port}`;
  const shipped = await readFile('alerts/mesh-cert-monitor.rules.yaml', 'utf8');
  await writeFile(join(folder, 'rules.yaml'), shipped.replaceAll(/^ +for: .*\n/gm, ''));
  const targets = [serviceUrl, sample.url].map((url) => `'${new URL(url).host}'`).join(', ');
  await writeFile(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yaml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertmanagerPort}'] }] }] }
scrape_configs: [{ job_name: mesh-cert-monitor, static_configs: [{ targets: [${targets}] }] }]
`,
  );
  const program = start('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  stops.push(() => program.stop());
  await eventually(program.output, () => answers(`${prometheusUrl}/-/ready`));
  await eventually(program.output, scraped);
}

/** Every environment of both has been checked, and Prometheus knows it. */
async function scraped(): Promise<true | undefined> {
  const known = new Set(
    (await query('nhs_mesh_check_last_run_timestamp_seconds')).map(({ metric }) => metric.mesh_environment),
  );
  return [...fileOf.keys()].every((name) => known.has(name)) || undefined;
}

async function answers(url: string): Promise<true | undefined> {
  return (await fetch(url).catch(() => undefined))?.ok || undefined;
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
}

async function query(expr: string, time?: Date): Promise<readonly Sample[]> {
  const at = time ? `&time=${time.getTime() / 1000}` : '';
  const response = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expr)}${at}`);
  const body = (await response.json()) as { status: string; error?: string; data?: { result: Sample[] } };
  if (body.status !== 'success') throw new Error(`${expr}: ${body.error}`);
  return body.data?.result ?? [];
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

async function allAlerts(): Promise<readonly Alert[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/alerts`);
  return ((await response.json()) as { data: { alerts: Alert[] } }).data.alerts;
}

const firing = (alert: string) => query(`ALERTS{alertname="${alert}",alertstate="firing"}`);
const some = async (expr: string) => ((await query(expr)).length > 0 ? true : undefined);

/** Spoken by states that no running service can be in. */
const ofTheMonitor = ['MeshCertMonitorDown', 'MeshCertMonitorAbsent', 'MeshCertMonitorConfigReloadFailed'];

describe.skipIf(!able)('with a real Prometheus and Alertmanager', () => {
  test.each(rules.filter(({ alert }) => !ofTheMonitor.includes(alert)))(
    '$alert fires for its environment',
    async ({ alert }) => {
      const { name } = alertingEstate(started)[alert]!;
      const spoke = async () => (await firing(alert)).find(({ metric }) => metric.mesh_environment === name);
      const { metric } = await eventually(() => `${alert} for ${name}`, spoke);
      expect(metric.job).toBe('mesh-cert-monitor');
      expect(Object.keys(metric).filter((label) => ['instance', 'subject', 'serial'].includes(label))).toEqual([]);
    },
  );

  test('the text of an alert names the certificate, and the reason, of its own environment', async () => {
    const of = (name: string) =>
      eventually(
        () => name,
        async () => (await allAlerts()).find(({ labels }) => labels.alertname === name)?.annotations,
      );
    const [expiring, failing] = [await of('MeshCertificateExpiresSoon'), await of('MeshHandshakeFailing')];
    expect(expiring.description).toMatch(/CN=.* \(serial [0-9A-F]+\) of /);
    expect(failing.description).toMatch(/, the last with [a-z_]+\. /);
    expect(failing.dashboard_url).toMatch(/&var-job=mesh-cert-monitor&var-mesh_estate=$/);
  });

  test('a command in an alert names the configuration of the service that has the environment', async () => {
    const commands = async () =>
      (await allAlerts()).flatMap(({ annotations }) =>
        Object.values(annotations).flatMap((text) => [...text.matchAll(/--config (\S+) --environment ([\w-]+)/g)]),
      );
    const named = await eventually(
      () => `commands with ${[...new Set(fileOf.values())].join(' and with ')}`,
      async () => {
        const found = await commands();
        return [...fileOf.values()].every((file) => found.some(([, of]) => of === file)) ? found : undefined;
      },
    );
    for (const [, file, environment] of named) expect(file, environment).toBe(fileOf.get(environment!));
  });

  test('of one environment the alerts about the same thing never fire together', async () => {
    const pairs = [
      ['MeshCertificateExpiresSoon', 'MeshCertificateExpiryImminent', 'MeshCertificateExpired'],
      ['MeshCaExpiresSoon', 'MeshCaExpiryImminent'],
      ['MeshClockSkew', 'MeshClockSkewCritical'],
      ['MeshRenewalOverdue', 'MeshRenewalUnanswered', 'MeshRenewalNotRequested', 'MeshRenewalEmailFailed'],
      ['MeshHandshakeRefused', 'MeshHandshakeFailing'],
    ];
    // At this moment one rule may have been evaluated and the next one not yet.
    const evaluated = new Date(Date.now() - 2000);
    for (const names of pairs) {
      const expr = `count by (mesh_environment) (ALERTS{alertstate="firing",alertname=~"${names.join('|')}"}) > 1`;
      expect(await query(expr, evaluated), names.join()).toEqual([]);
    }
  });

  test('a refused configuration is told', async () => {
    await eventually(
      () => 'config reload',
      async () => (await firing('MeshCertMonitorConfigReloadFailed'))[0],
    );
  });

  test('before anything was scraped, the monitor was absent', async () => {
    const rule = rules.find(({ alert }) => alert === 'MeshCertMonitorAbsent')!;
    expect(await query(rule.expr, new Date(started.getTime() - 3_600_000))).toHaveLength(1);
    expect(await query(rule.expr)).toEqual([]);
  });

  test.each(Object.entries(queries).filter(([, expr]) => !expr.startsWith('label_values(')))(
    'dashboard query %s has data',
    async (name, expr) => {
      await eventually(
        () => `${name}: ${expr}`,
        () => some(expr.replaceAll(/\$(mesh_environment|mesh_estate|job)/g, '.*')),
      );
    },
  );

  test('the dashboards’ variable lists every environment', async () => {
    const series = /label_values\((\w+\{.*\}), (\w+)\)/.exec(queries.environmentNames)!;
    const match = encodeURIComponent(series[1]!.replaceAll(/\$(mesh_estate|job)/g, '.*'));
    const url = `${prometheusUrl}/api/v1/label/${series[2]}/values?match[]=${match}`;
    const { data } = (await (await fetch(url)).json()) as { data: string[] };
    expect(data).toEqual(expect.arrayContaining(['integration', 'legacy', 'sandbox', 'stale']));
  });

  test('a credential broken on disk reaches the mailbox, with the environment and what to do', async () => {
    await writeFile(join(estate.folder, 'integration', 'client.pem'), 'oops');
    const told = async () => {
      for (const { file } of caught) {
        // Quoted-printable breaks lines anywhere (RFC 2045 §6.7).
        const message = (await readFile(file, 'utf8')).replaceAll(/=\r?\n/g, '');
        if (/^Subject: .* integration \(MeshCredentialUnreadable/m.test(message)) return message;
      }
      return undefined;
    };
    const message = await eventually(() => `${caught.length} messages, none about it`, told, 100_000);
    expect(message).toMatch(/integration-team@example\.org/);
    // What the diagnosis says, looked up in the metrics.
    expect(message).toMatch(/Client certificate is malformed\. .*Copy the certificate again/);
  }, 120_000);

  test('when nothing answers any more, the monitor is down', async () => {
    await service.stop();
    await sample.close(0);
    await eventually(
      () => 'MeshCertMonitorDown',
      async () => (await firing('MeshCertMonitorDown'))[0],
    );
  });
});

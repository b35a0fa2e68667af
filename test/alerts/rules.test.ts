import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleGroups } from '../../alerts/src/rules.ts';
import { ruleTests } from '../../alerts/src/tests/render.ts';
import { scenarios } from '../../alerts/src/tests/scenarios.ts';
import { needs } from '../support/tools.ts';
import { sliceByAlert } from './rule-slices.ts';

const alerts = ruleGroups.flatMap((group) => group.alerts);
const runbook = readFileSync('docs/alerts.md', 'utf8');

/** A fifth of promtool's time is its garbage, of which it has little. */
const rarelyCollecting = { ...process.env, GOGC: '400' };

describe('alert rules', () => {
  test('promtool finds nothing to complain about', { skip: !needs('promtool') }, () => {
    const out = execFileSync('promtool', ['check', 'rules', 'alerts/mesh-cert-monitor.rules.yaml'], {
      encoding: 'utf8',
    });
    expect(out).toContain('SUCCESS');
  });

  test('every unit test passes', { skip: !needs('promtool'), timeout: 300_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    try {
      const slices = sliceByAlert('alerts/mesh-cert-monitor.rules.yaml', 'alerts/src/tests/rules.test.yaml', folder);
      expect(slices).toHaveLength(alerts.length);
      // Throws with promtool's report, which names expression, time, expected and got.
      const out = execFileSync('promtool', ['test', 'rules', ...slices], { encoding: 'utf8', env: rarelyCollecting });
      expect(out.match(/SUCCESS/g)).toHaveLength(slices.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the unit tests can fail: a rule that reads the wrong threshold breaks them', {
    skip: !needs('promtool'),
    timeout: 300_000,
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    try {
      const rules = readFileSync('alerts/mesh-cert-monitor.rules.yaml', 'utf8').replaceAll(
        'threshold="warning"',
        'threshold="critical"',
      );
      writeFileSync(join(folder, 'prometheus-rules.yaml'), rules);
      const soon = scenarios.filter(({ alert }) => alert === 'MeshCertificateExpiresSoon');
      const whole = join(folder, 'rules.test.yaml');
      writeFileSync(whole, ruleTests(soon, 'prometheus-rules.yaml'));
      const [slice] = sliceByAlert(join(folder, 'prometheus-rules.yaml'), whole, folder);
      for (const file of [whole, slice!])
        expect(() => execFileSync('promtool', ['test', 'rules', file], { stdio: 'pipe' }), file).toThrow(/got:/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(alerts)('$alert is shown to fire, to stay quiet just before, and has a runbook section', ({ alert }) => {
    const at = scenarios.filter((scenario) => scenario.alert === alert).flatMap((scenario) => scenario.at);
    expect(at.some(({ firing }) => firing.length > 0)).toBe(true);
    expect(at.some(({ firing }) => firing.length === 0)).toBe(true);
    expect(runbook).toContain(`### ${alert}\n`);
  });

  test.each(alerts)(
    '$alert says what it is, for whom, and what to do',
    ({ summary, description, steps, monitor, expr }) => {
      expect(summary.length).toBeLessThan(140);
      expect(steps.length).toBeGreaterThan(0);
      if (!monitor) expect(`${summary}${description}`).toContain('{{ $labels.mesh_environment }}');
      expect(expr).not.toMatch(/instance=/);
    },
  );

  test('the runbook is written without the templates of Prometheus', () => {
    expect(runbook).not.toContain('{{');
    expect(runbook).toContain('failed, the last with REASON. ');
  });

  test('names are locked: users route and silence by them', () => {
    expect(alerts.map(({ alert, severity }) => `${alert} ${severity}`)).toMatchInlineSnapshot(`
      [
        "MeshCredentialUnreadable critical",
        "MeshStoreUnavailable warning",
        "MeshKeyMismatch critical",
        "MeshChainInvalid critical",
        "MeshCredentialInvalid critical",
        "MeshChainOrderWrong warning",
        "MeshCertificateNameUnexpected warning",
        "MeshVerifiersDisagree warning",
        "MeshCertificateExpiresSoon warning",
        "MeshCertificateExpiryImminent critical",
        "MeshCertificateExpired critical",
        "MeshCaExpiresSoon warning",
        "MeshCaExpiryImminent critical",
        "MeshHandshakeRefused critical",
        "MeshHandshakeFailing critical",
        "MeshMailboxNotValidated critical",
        "MeshClientCertificateNotRequested critical",
        "MeshClockSkew warning",
        "MeshClockSkewCritical critical",
        "MeshServerCertificateExpiresSoon warning",
        "MeshRenewalNotRequested warning",
        "MeshRenewalEmailFailed warning",
        "MeshRenewalUnanswered warning",
        "MeshRenewalOverdue critical",
        "MeshFirstCertificateWaiting warning",
        "MeshStateReplaced critical",
        "MeshCertMonitorDown critical",
        "MeshCertMonitorAbsent critical",
        "MeshCertMonitorChecksStale warning",
        "MeshCertMonitorConfigReloadFailed warning",
      ]
    `);
  });

  test('amtool accepts the Alertmanager example', { skip: !needs('amtool') }, () => {
    const out = execFileSync('amtool', ['check-config', 'alerts/alertmanager.example.yaml'], { encoding: 'utf8' });
    expect(out).toContain('SUCCESS');
  });
});

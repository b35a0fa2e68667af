import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { ruleGroups } from '../../alerts/src/rules.ts';
import { queries } from '../../grafana/src/queries.ts';
import { metricNames } from '../../src/metrics/catalogue.ts';
import { processMetricNames } from '../../src/metrics/process.ts';

interface Panel {
  readonly id?: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: unknown }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly mappings?: unknown[] };
    readonly overrides: unknown[];
  };
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly links: readonly { readonly title: string; readonly url: string }[];
}

const folder = 'grafana/dashboards';
const dashboards = readdirSync(folder).map((file): Dashboard => JSON.parse(readFileSync(join(folder, file), 'utf8')));
const panelsOf = ({ panels }: Dashboard) => panels.filter((panel) => panel.type !== 'row');
const rules = ruleGroups.flatMap(({ recording, alerts }) => [...recording, ...alerts]);
const recorded = ruleGroups.flatMap(({ recording }) => recording.map(({ record }) => record));

function syntaxErrors(expr: string): number {
  let errors = 0;
  parser
    .parse(expr.replaceAll('$mesh_environment', 'x'))
    .iterate({ enter: (node) => void (node.type.isError && errors++) });
  return errors;
}

function metricsIn(text: string): string[] {
  return [...text.matchAll(/\b(?:nhs_mesh_|mesh_cert_monitor_)[a-z0-9_]+\b/g)].map(([name]) => name);
}

describe.each(dashboards)('dashboard $title', (dashboard) => {
  test('no panel overlaps another or leaves the grid', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), `${title} over ${taken.get(`${x},${y}`)}`).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
  });

  test('every panel has a title, a description, a data source variable, and a unit or names for its values', () => {
    for (const panel of panelsOf(dashboard)) {
      expect(panel.title).not.toBe('');
      expect(panel.description, panel.title).toBeTruthy();
      for (const target of panel.targets ?? []) {
        expect(target.datasource, panel.title).toEqual({ type: 'prometheus', uid: '$' + '{datasource}' });
      }
      const { unit, mappings } = panel.fieldConfig?.defaults ?? {};
      const named = panel.type === 'table' || (mappings?.length ?? 0) > 0 || panel.title === 'Version';
      expect(unit !== undefined || named, panel.title).toBe(true);
    }
  });

  test('every query is PromQL', () => {
    for (const panel of panelsOf(dashboard)) {
      for (const { expr } of panel.targets ?? []) expect(syntaxErrors(expr), `${panel.title}: ${expr}`).toBe(0);
    }
  });

  test('data source and environment are variables, and no environment is named', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual([
      'datasource',
      'job',
      'mesh_estate',
      'mesh_environment',
      'service',
    ]);
    for (const panel of panelsOf(dashboard)) {
      for (const { expr } of panel.targets ?? []) {
        expect(expr).not.toMatch(/mesh_environment="/);
        // Each selector, so that two services in one Prometheus are never mixed.
        for (const selector of expr?.match(/\b[\w:]*(?:mesh_cert_monitor_|nhs_mesh_|ALERTS)[\w:]*(?:\{[^}]*\})?/g) ??
          [])
          expect(selector).toMatch(/job=~"\$job",mesh_estate=~"\$mesh_estate"/);
      }
    }
  });

  test('it links to the other dashboard, the alerts, the runbook and the page', () => {
    expect(dashboard.links.map(({ title }) => title)).toEqual([
      'Overview',
      'Environment',
      'Alerts',
      'Runbook',
      'Monitor’s page',
    ]);
  });
});

describe('queries and rules', () => {
  test('the parser used here does find errors', () => {
    expect(syntaxErrors('max by (a (b)')).toBeGreaterThan(0);
  });

  test('every expression of the rules is PromQL', () => {
    for (const { expr } of rules) expect(syntaxErrors(expr), expr).toBe(0);
  });

  test('every metric that rules, dashboards or their documents name exists, and every metric is used', () => {
    const pages = ['docs/alerts.md', 'docs/metrics.md'].map((path) => readFileSync(path, 'utf8'));
    const named = new Set(
      metricsIn([...Object.values(queries), ...rules.map(({ expr }) => expr), ...pages].join('\n')),
    );
    const known = new Set<string>([...metricNames, ...recorded.flatMap(metricsIn), ...processMetricNames]);
    expect(
      [...named].filter((name) => !known.has(name) && !metricNames.some((metric) => metric.startsWith(name))),
    ).toEqual([]);
    // Also in what an alert says: its text looks up more about the environment.
    const written = readFileSync('alerts/mesh-cert-monitor.rules.yaml', 'utf8');
    const used = new Set(metricsIn([...Object.values(queries), written].join('\n')));
    expect(metricNames.filter((name) => !used.has(name))).toEqual([]);
  });

  test('every query of the list is on a dashboard', () => {
    const shown = JSON.stringify(dashboards.map((dashboard) => dashboard));
    const missing = Object.entries(queries).filter(([, query]) => !shown.includes(JSON.stringify(query).slice(1, -1)));
    expect(missing).toEqual([]);
  });
});

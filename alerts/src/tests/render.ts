import { stringify } from 'yaml';
import { config } from '../config.ts';
import { rankLabel } from '../rank.ts';
import { ruleGroups } from '../rules.ts';
import { day, type Scenario, threshold } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const fixed = new Map(
  ruleGroups.flatMap(({ alerts }) =>
    alerts.map((rule) => [rule.alert, { severity: rule.severity, ...rankLabel(rule) }] as const),
  ),
);

function series(labels: Readonly<Record<string, string>>): string {
  return `ALERTS{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;
}

/** What a configuration without `thresholds` has. */
const defaults = {
  [threshold('warning')]: `${config.warningDays * day}x2000`,
  [threshold('critical')]: `${config.criticalDays * day}x2000`,
};

const unitTest = ({ name, alert, interval, series: input, at }: Scenario) => ({
  name,
  interval,
  input_series: Object.entries({ ...defaults, ...input }).map(([series, values]) => ({ series, values })),
  promql_expr_test: at.map(({ time, firing }) => ({
    expr: `ALERTS{alertname="${alert}", alertstate="firing"}`,
    eval_time: time,
    exp_samples: firing.map((labels) => ({
      labels: series({ alertname: alert, alertstate: 'firing', ...fixed.get(alert), ...labels }),
      value: 1,
    })),
  })),
});

/** For `promtool test rules`; `rulesFile` is relative to the file that this becomes. */
export const ruleTests = (of: readonly Scenario[] = scenarios, rulesFile = '../../mesh-cert-monitor.rules.yaml') =>
  '# Generated from alerts/src/tests/ by `npm run docs`. Run: promtool test rules alerts/src/tests/rules.test.yaml\n' +
  stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests: of.map(unitTest) }, { lineWidth: 0 });

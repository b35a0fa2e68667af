import { stringify } from 'yaml';
import { config } from './config.ts';
import { rankLabel } from './rank.ts';
import { type AlertRule, diagnosed, runbookUrl } from './rule.ts';
import { type RuleGroup, ruleGroups } from './rules.ts';

const header =
  '# Generated from alerts/src/ by `npm run docs`. Replace the two .example hosts with your own (alerts/README.md).\n';

const variable = (label: string) => `var-${label}={{ $labels.${label} | urlquery }}`;

function alert(rule: AlertRule) {
  const dashboard = rule.monitor
    ? config.dashboardUrl
    : `${config.dashboardUrl}?${['mesh_environment', 'job', 'mesh_estate'].map(variable).join('&')}`;
  return {
    alert: rule.alert,
    expr: rule.expr,
    ...(rule.for === '0m' ? {} : { for: rule.for }),
    labels: { severity: rule.severity, ...rankLabel(rule) },
    annotations: {
      summary: rule.summary,
      description: rule.about ? diagnosed(rule.about, rule.description) : rule.description,
      runbook_url: runbookUrl(rule.alert),
      dashboard_url: dashboard,
    },
  };
}

const group = ({ name, recording, alerts }: RuleGroup) => ({ name, rules: [...recording, ...alerts.map(alert)] });
const document = { groups: ruleGroups.map(group) };
const yaml = (value: unknown) => header + stringify(value, { lineWidth: 0 });

/** For `rule_files` of Prometheus. */
export const prometheusRules = () => yaml(document);

/** The same for Kubernetes, where the Prometheus operator reads it. */
export const prometheusRuleManifest = () =>
  yaml({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'mesh-cert-monitor', labels: { 'app.kubernetes.io/name': 'mesh-cert-monitor' } },
    spec: document,
  });

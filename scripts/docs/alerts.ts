import { prometheusRuleManifest, prometheusRules } from '../../alerts/render.ts';
import { runbook } from '../../alerts/runbook.ts';
import { ruleTests } from '../../alerts/tests/render.ts';

export const pages = () => ({
  'alerts/prometheus-rules.yaml': prometheusRules(),
  'alerts/prometheusrule.yaml': prometheusRuleManifest(),
  'alerts/tests/rules.test.yaml': ruleTests(),
  'docs/alerts.md': runbook(),
});

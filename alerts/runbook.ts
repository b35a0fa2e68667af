import { ruleGroups } from './rules.ts';

const plain = (text: string) =>
  text
    .replaceAll(/\{\{ with printf .*?\{\{ end \}\}\{\{ else \}\}(.*?)\{\{ end \}\}/g, '$1')
    .replaceAll('{{ $labels.mesh_environment }}', 'ENVIRONMENT')
    .replaceAll('{{ $labels.reason }}', 'REASON')
    .replaceAll('{{ $labels.job }}', 'mesh-cert-monitor')
    .replaceAll(/\{\{ \$value \| \w+ \}\}/g, 'N');

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** docs/alerts.md: one section per alert, which is where its `runbook_url` leads. */
export function runbook(): string {
  const sections = ruleGroups.flatMap(({ name, alerts }) => [
    `## Group \`${name}\`\n`,
    ...alerts.map((rule) =>
      [
        `### ${rule.alert}\n`,
        `**${rule.severity}** after ${rule.for === '0m' ? 'no wait' : rule.for}. ${capital(plain(rule.summary))}.\n`,
        `${capital(plain(rule.description))}\n`,
        rule.steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
        `\nWhy it waits so long: ${rule.patience}\n`,
        `\`\`\`promql\n${rule.expr}\n\`\`\`\n`,
      ].join('\n'),
    ),
  ]);
  return `<!-- Generated from alerts/ (npm run docs). -->
# Alerts

\`alerts/prometheus-rules.yaml\` is loaded by Prometheus as it is, \`alerts/prometheusrule.yaml\` is the same for the Prometheus operator, and
\`alerts/alertmanager.example.yaml\` shows routing and inhibition. Thresholds, job name and the two URLs stand in \`alerts/config.ts\`.
A warning yields to the critical alert about the same thing, and a refused handshake to the alert about the files or the clock that explain it, so that
nobody is told twice of one cause. FILE in a command is the configuration that the service runs on.

${sections.join('\n')}`;
}

// The blocks of docs/alerts.md: one section for each alert, to which its `runbook_url` links.
import { credentialAlerts } from '../../alerts/src/credentials.ts';
import { handshakeAlerts } from '../../alerts/src/handshakes.ts';
import { monitorAlerts } from '../../alerts/src/monitor.ts';
import { renewalAlerts } from '../../alerts/src/renewals.ts';
import type { AlertRule } from '../../alerts/src/rule.ts';
import type { Block, Blocks } from './blocks.ts';

const sections = (file: string, alerts: readonly AlertRule[]): Block => ({
  from: `alerts/src/${file}`,
  render: () => alerts.map(section).join('\n'),
});

export const alertBlocks: Blocks = {
  credentials: sections('credentials.ts', credentialAlerts),
  handshakes: sections('handshakes.ts', handshakeAlerts),
  renewals: sections('renewals.ts', renewalAlerts),
  monitor: sections('monitor.ts', monitorAlerts),
};

function section(rule: AlertRule): string {
  return `### ${rule.alert}

**${rule.severity}** ${rule.for === '0m' ? 'at once' : `after ${rule.for}`}. ${capital(plain(rule.summary))}.

${capital(plain(rule.description))}

${rule.steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}

Why this delay: ${rule.patience}

\`\`\`promql
${rule.expr}
\`\`\`
`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Without Prometheus templates. */
const plain = (text: string) =>
  text
    .replaceAll(/\{\{ with printf "nhs_mesh_handshake_failure.*?\{\{ else \}\}.*?\{\{ end \}\}/g, 'REASON')
    .replaceAll(/\{\{ with printf .*?\{\{ end \}\}\{\{ else \}\}(.*?)\{\{ end \}\}/g, '$1')
    .replaceAll('{{ $labels.mesh_environment }}', 'ENVIRONMENT')
    .replaceAll('{{ $labels.reason }}', 'REASON')
    .replaceAll('{{ $labels.instance }}', 'INSTANCE')
    .replaceAll('{{ $labels.job }}', 'mesh-cert-monitor')
    .replaceAll(/\{\{ \$value \| \w+ \}\}/g, 'N');

import { credentialAlerts } from './credentials.ts';
import { handshakeAlerts } from './handshakes.ts';
import { monitorAlerts } from './monitor.ts';
import { recordingRules } from './recording.ts';
import { renewalAlerts } from './renewals.ts';
import type { AlertRule, RecordingRule } from './rule.ts';

export interface RuleGroup {
  readonly name: string;
  readonly recording: readonly RecordingRule[];
  readonly alerts: readonly AlertRule[];
}

export const ruleGroups: readonly RuleGroup[] = [
  {
    name: 'mesh-cert-monitor.credentials',
    recording: recordingRules,
    alerts: [...credentialAlerts, ...handshakeAlerts, ...renewalAlerts],
  },
  { name: 'mesh-cert-monitor.monitor', recording: [], alerts: monitorAlerts },
];

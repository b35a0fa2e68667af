import { config } from './config.ts';
import { type AlertRule, environment } from './rule.ts';

export const monitorAlerts: readonly AlertRule[] = [
  {
    alert: 'MeshCertMonitorDown',
    expr: `max by (job) (up{job="${config.job}"}) == 0`,
    for: '10m',
    severity: 'critical',
    summary: 'mesh-cert-monitor does not answer Prometheus',
    description:
      'No instance of {{ $labels.job }} could be scraped for 10 minutes: nobody watches the MESH certificates. Look at the process and its log.',
    steps: [
      'Look at the process, its log (stderr) and `/health/live`.',
      'Look at the scrape error in Prometheus’ target list.',
    ],
    patience: 'Ten minutes: a restart or a deployment takes less.',
    monitor: true,
  },
  {
    alert: 'MeshCertMonitorAbsent',
    expr: `absent(mesh_cert_monitor_build_info) unless on () (up{job="${config.job}"} == 0)`,
    for: '15m',
    severity: 'critical',
    summary: 'Prometheus knows no mesh-cert-monitor',
    description:
      'No series of the monitor has been seen for 15 minutes and there is no failing target either: the scrape configuration or the service is gone. Nobody watches the MESH certificates.',
    steps: [
      'See that the scrape configuration still names the service, with job name `mesh-cert-monitor`.',
      'See that the service is deployed.',
    ],
    patience: 'Fifteen minutes: longer than a target takes to appear.',
    monitor: true,
  },
  {
    alert: 'MeshCertMonitorChecksStale',
    expr: `max by (mesh_environment) (time() - (nhs_mesh_check_last_run_timestamp_seconds > 0)) > ${config.checksStaleSeconds}`,
    for: '5m',
    severity: 'warning',
    summary: `The checks of MESH ${environment} do not run`,
    description: `The last check of ${environment} ended {{ $value | humanizeDuration }} ago. What the metrics say is old. Look at the monitor's log and its schedule.`,
    steps: [
      'Look at the log for that environment.',
      'Compare `schedule.check` with this alert’s threshold of one hour.',
    ],
    patience: 'Five minutes on top of an hour.',
  },
  {
    alert: 'MeshCertMonitorConfigReloadFailed',
    expr: 'min(nhs_mesh_config_last_reload_successful) == 0',
    for: '5m',
    severity: 'warning',
    summary: 'mesh-cert-monitor runs on an old configuration',
    description:
      'The configuration file changed and is wrong, so the previous one is still in force. The log names every problem with its path.',
    steps: [
      'Read the problems in the log, or run `mesh-cert-monitor check --offline --config FILE`.',
      'Mend the file; it is picked up by itself.',
    ],
    patience: 'Five minutes: an editor may write a file in steps.',
    monitor: true,
  },
];

import { config } from './config.ts';
import { type AlertRule, environment, perEnvironment } from './rule.ts';

export const monitorAlerts: readonly AlertRule[] = [
  {
    alert: 'MeshCertMonitorDown',
    expr: `max by (job, instance) (up{job="${config.job}"}) == 0`,
    for: '10m',
    severity: 'critical',
    summary: 'mesh-cert-monitor on {{ $labels.instance }} is not responding to Prometheus',
    description:
      '{{ $labels.instance }} could not be scraped for 10 minutes. Unless a replica of it is running, nothing is monitoring its MESH certificates. Check the process and its log.',
    steps: [
      'Check the process, its log (stderr) and `/health/live`.',
      'Check the scrape error in Prometheus’s target list.',
    ],
    patience: 'A restart or a deployment takes less than ten minutes.',
    monitor: true,
  },
  {
    alert: 'MeshCertMonitorAbsent',
    expr: `absent(mesh_cert_monitor_build_info) unless on () (up{job="${config.job}"} == 0)`,
    for: '15m',
    severity: 'critical',
    summary: 'Prometheus has no mesh-cert-monitor target',
    description:
      'No series of the monitor has been seen for 15 minutes, and there is no failing target either: the scrape configuration or the service has gone. Nothing is monitoring the MESH certificates.',
    steps: [
      'Check that the scrape configuration still contains the service, with the job name `mesh-cert-monitor`.',
      'Check that the service is deployed.',
    ],
    patience: 'Longer than a target takes to appear.',
    monitor: true,
  },
  {
    alert: 'MeshCertMonitorChecksStale',
    expr: `time() - ${perEnvironment('nhs_mesh_check_next_run_timestamp_seconds > 0')} > ${config.checkLateSeconds}`,
    for: '5m',
    severity: 'warning',
    summary: `The checks of MESH ${environment} are not running`,
    description: `The check of ${environment} is {{ $value | humanizeDuration }} late, so the metrics are out of date. Check the monitor's log.`,
    steps: [
      'Check the log for that environment.',
      'Check that the process gets processor time and can read its files.',
    ],
    patience: 'An hour after the time that `schedule.check` sets, and five minutes.',
  },
  {
    alert: 'MeshCertMonitorConfigReloadFailed',
    expr: 'min by (job, mesh_estate, instance) (nhs_mesh_config_last_reload_successful) == 0',
    for: '5m',
    severity: 'warning',
    summary: 'mesh-cert-monitor is running on an old configuration',
    description:
      'The configuration file has changed and is not valid, so the previous configuration is still in force. The log lists every problem and where it is.',
    steps: [
      'Read the problems in the log, or run `mesh-cert-monitor check --offline --config FILE`.',
      'Fix the file. The service picks it up by itself.',
    ],
    patience: 'An editor may write a file in stages.',
    monitor: true,
  },
];

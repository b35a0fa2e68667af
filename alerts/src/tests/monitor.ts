import { int, type Scenario } from './scenario.ts';

export const monitorScenarios: Scenario[] = [
  {
    name: 'MeshCertMonitorDown fires for each instance that does not answer, though another does',
    alert: 'MeshCertMonitorDown',
    interval: '1m',
    series: {
      'up{job="mesh-cert-monitor",instance="a"}': '0x60',
      'up{job="mesh-cert-monitor",instance="b"}': '1x29 0x30',
    },
    at: [
      { time: '9m', firing: [] },
      { time: '10m', firing: [{ job: 'mesh-cert-monitor', instance: 'a' }] },
      { time: '39m', firing: [{ job: 'mesh-cert-monitor', instance: 'a' }] },
      {
        time: '40m',
        firing: [
          { job: 'mesh-cert-monitor', instance: 'a' },
          { job: 'mesh-cert-monitor', instance: 'b' },
        ],
      },
    ],
  },
  {
    name: 'MeshCertMonitorAbsent fires when there is neither a series nor a failing target',
    alert: 'MeshCertMonitorAbsent',
    interval: '1m',
    series: { 'mesh_cert_monitor_build_info{version="1"}': '1x5 stale' },
    at: [
      { time: '5m', firing: [] },
      { time: '20m', firing: [] },
      { time: '21m', firing: [{}] },
    ],
  },
  {
    name: 'MeshCertMonitorAbsent yields to MeshCertMonitorDown',
    alert: 'MeshCertMonitorAbsent',
    interval: '1m',
    series: { 'up{job="mesh-cert-monitor"}': '0x60' },
    at: [{ time: '40m', firing: [] }],
  },
  {
    name: 'MeshCertMonitorChecksStale fires an hour after a check was due, and not before the first',
    alert: 'MeshCertMonitorChecksStale',
    interval: '1m',
    series: {
      'nhs_mesh_check_next_run_timestamp_seconds{mesh_environment="int"}': '600x100',
      'nhs_mesh_check_next_run_timestamp_seconds{mesh_environment="daily"}': '86400x100',
      'nhs_mesh_check_next_run_timestamp_seconds{mesh_environment="new"}': '0x100',
    },
    at: [
      { time: '70m', firing: [] },
      { time: '76m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertMonitorConfigReloadFailed fires after five minutes and resolves',
    alert: 'MeshCertMonitorConfigReloadFailed',
    interval: '1m',
    series: { nhs_mesh_config_last_reload_successful: '1x4 0x14 1x10' },
    at: [
      { time: '9m', firing: [] },
      { time: '10m', firing: [{}] },
      { time: '21m', firing: [] },
    ],
  },
];

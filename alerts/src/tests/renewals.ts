import {
  consequence,
  critical,
  failing,
  finding,
  int,
  renewalState,
  type Scenario,
  stateAlert,
  warning,
} from './scenario.ts';

const overdueAndExpired: Scenario = {
  name: 'MeshRenewalOverdue yields to MeshCertificateExpired',
  alert: 'MeshRenewalOverdue',
  interval: '1m',
  series: { [critical('renewal_overdue')]: '1x40', [critical('certificate_expired')]: '_x20 1x20' },
  at: [
    { time: '19m', firing: [int] },
    { time: '30m', firing: [] },
  ],
};

export const renewalScenarios: Scenario[] = [
  ...failing('MeshFirstCertificateWaiting', 'nothing_deployed_yet', 'warning', 360),
  {
    name: 'MeshFirstCertificateWaiting is silent while the desk has the request and its time',
    alert: 'MeshFirstCertificateWaiting',
    interval: '5m',
    series: { [finding('first_certificate_awaited', 'info')]: '1x120' },
    at: [{ time: '8h', firing: [] }],
  },
  {
    name: 'MeshRenewalNotRequested fires for a draft that nobody has sent to the desk',
    alert: 'MeshRenewalNotRequested',
    interval: '5m',
    series: { [renewalState('requested')]: '1x120', [warning('renewal_due')]: '1x120' },
    at: [
      { time: '5h55m', firing: [] },
      { time: '6h5m', firing: [int] },
    ],
  },
  {
    name: 'MeshRenewalNotRequested goes on for a draft that nobody has sent in a week',
    alert: 'MeshRenewalNotRequested',
    interval: '5m',
    series: { [renewalState('requested')]: '1x2016', [warning('renewal_due')]: '1x2016' },
    at: [{ time: '168h', firing: [int] }],
  },
  {
    name: 'MeshRenewalNotRequested is silent while the desk has the request',
    alert: 'MeshRenewalNotRequested',
    interval: '5m',
    series: { [renewalState('requested')]: '1x120' },
    at: [{ time: '8h', firing: [] }],
  },
  stateAlert('MeshRenewalNotRequested', renewalState('due'), 360),
  stateAlert('MeshRenewalEmailFailed', renewalState('failed'), 5),
  stateAlert('MeshRenewalEmailFailed', renewalState('uncertain'), 5),
  stateAlert('MeshRenewalUnanswered', warning('renewal_unanswered'), 60),
  stateAlert('MeshRenewalOverdue', warning('renewal_overdue'), 10),
  ...['MeshRenewalNotRequested', 'MeshRenewalEmailFailed', 'MeshRenewalUnanswered'].map((alert) => ({
    name: `${alert} yields to MeshRenewalOverdue`,
    alert,
    interval: '5m',
    series: {
      [renewalState('due')]: '1x130',
      [renewalState('failed')]: '1x130',
      [warning('renewal_unanswered')]: '1x130',
      [warning('renewal_overdue')]: '1x130',
    },
    at: [{ time: '10h', firing: [] }],
  })),
  overdueAndExpired,
  ...failing('MeshStateReplaced', 'state_replaced', 'critical', 10),
  ...['MeshRenewalNotRequested', 'MeshRenewalEmailFailed', 'MeshRenewalUnanswered', 'MeshRenewalOverdue'].map(
    (alert) => ({
      name: `${alert} yields to the alert about a certificate that expires imminently`,
      alert,
      interval: '5m',
      series: {
        [renewalState('due')]: '1x130',
        [renewalState('failed')]: '1x130',
        [warning('renewal_unanswered')]: '1x130',
        [warning('renewal_overdue')]: '1x130',
        [consequence('certificate_expires_imminently')]: '1x130',
      },
      at: [{ time: '10h', firing: [] }],
    }),
  ),
];

/** What the rules, their tests and the dashboards share. Days are converted where they are used. */
export const config = {
  /** The defaults of `thresholds`, for colours of the dashboards. Rules compare with what is configured. */
  warningDays: 45,
  criticalDays: 14,
  /** MESH replaces its own certificates. The alert is about whether our bundle trusts the new one. */
  serverCertificateDays: 14,
  /** MESH expects one handshake a day. */
  mailboxValidatedHours: 24,
  clockSkewWarningSeconds: 5 * 60,
  /** Beyond this MESH refuses the authorization token. */
  clockSkewCriticalSeconds: 2 * 60 * 60,
  /** How long after its time a check counts as missed. */
  checkLateSeconds: 60 * 60,
  /** How long the last known dates keep an alert alive when scrapes are missing. */
  memory: '15m',
  job: 'mesh-cert-monitor',
  /** Where your installation serves this documentation and the dashboards. Replace them in the generated files (alerts/README.md). */
  documentationUrl: 'https://mesh-cert-monitor.example/docs',
  dashboardUrl: 'https://grafana.example/d/mesh-cert-monitor-environment',
} as const;

export const secondsPerDay = 86_400;

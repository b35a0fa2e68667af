/** The one place for what the rules, their tests and the dashboards have in common. Days are converted where they are used. */
export const config = {
  /** With fewer days left than this, the client certificate, or a CA that ends before it, is worth a warning or a call. */
  warningDays: 45,
  criticalDays: 14,
  /** MESH replaces its own certificates; what we watch is whether our bundle trusts the successor. */
  serverCertificateDays: 14,
  /** MESH wants one handshake a day. */
  mailboxValidatedHours: 24,
  clockSkewWarningSeconds: 5 * 60,
  /** Beyond this MESH refuses the authorization token. */
  clockSkewCriticalSeconds: 2 * 60 * 60,
  /** The default schedule checks every five minutes: an hour is twelve missed checks. */
  checksStaleSeconds: 60 * 60,
  /** How long the last known dates carry an alert over missing scrapes. */
  memory: '15m',
  job: 'mesh-cert-monitor',
  /** Where your installation serves this product's pages and dashboards: replace in the generated files (alerts/README.md). */
  documentationUrl: 'https://mesh-cert-monitor.example/docs',
  dashboardUrl: 'https://grafana.example/d/mesh-cert-monitor-environment',
} as const;

export const secondsPerDay = 86_400;

import { check, day, expiry, hour, int, notAfter, type Scenario, threshold } from './scenario.ts';

const configured = { [threshold('warning')]: `${120 * day}x300`, [threshold('critical')]: `${60 * day}x300` };
const another = notAfter.replace('{', '{mesh_estate="other",');

export const expiryScenarios: Scenario[] = [
  {
    name: 'MeshCertificateExpiresSoon follows thresholds.warning: 120 days',
    alert: 'MeshCertificateExpiresSoon',
    interval: '1m',
    series: { ...configured, [notAfter]: `${120 * day + hour}x300` },
    at: [
      { time: '1h', firing: [] },
      { time: '2h1m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertificateExpiryImminent follows thresholds.critical: 60 days',
    alert: 'MeshCertificateExpiryImminent',
    interval: '1m',
    series: { ...configured, [notAfter]: `${60 * day + hour}x120` },
    at: [
      { time: '1h', firing: [] },
      { time: '1h11m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertificateExpiresSoon keeps two estates with an environment of one name apart',
    alert: 'MeshCertificateExpiresSoon',
    interval: '1m',
    series: {
      [notAfter]: `${30 * day}x300`,
      [another]: `${300 * day}x300`,
      [threshold('warning').replace('{', '{mesh_estate="other",')]: `${45 * day}x300`,
      [threshold('critical').replace('{', '{mesh_estate="other",')]: `${14 * day}x300`,
    },
    at: [{ time: '2h', firing: [int] }],
  },
  {
    name: 'MeshCertificateExpiresSoon is one alert for two replicas of a service',
    alert: 'MeshCertificateExpiresSoon',
    interval: '1m',
    series: {
      [notAfter.replace('{', '{instance="a",')]: `${30 * day}x300`,
      [notAfter.replace('{', '{instance="b",')]: `${30 * day}x300`,
    },
    at: [{ time: '2h', firing: [int] }],
  },
  {
    name: 'MeshCertificateExpiresSoon is quiet at 45 days, fires below, and is quiet again after the renewal',
    alert: 'MeshCertificateExpiresSoon',
    interval: '1m',
    // 45 days and an hour at the start; renewed after five hours.
    series: { [notAfter]: `${45 * day + hour}x300 ${1100 * day}x60` },
    at: [
      { time: '1h', firing: [] },
      { time: '2h', firing: [] },
      { time: '2h1m', firing: [int] },
      { time: '5h30m', firing: [] },
    ],
  },
  {
    name: 'MeshCertificateExpiresSoon yields to MeshCertificateExpiryImminent',
    alert: 'MeshCertificateExpiresSoon',
    interval: '1m',
    series: { [notAfter]: `${14 * day + 2 * hour}x180` },
    at: [
      { time: '2h', firing: [int] },
      { time: '2h1m', firing: [] },
    ],
  },
  {
    name: 'MeshCertificateExpiryImminent is quiet at 14 days and fires below',
    alert: 'MeshCertificateExpiryImminent',
    interval: '1m',
    series: { [notAfter]: `${14 * day + hour}x120` },
    at: [
      { time: '1h', firing: [] },
      { time: '1h10m', firing: [] },
      { time: '1h11m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertificateExpiryImminent yields when the date has passed',
    alert: 'MeshCertificateExpiryImminent',
    interval: '1m',
    series: { [notAfter]: `${hour}x120` },
    at: [
      { time: '59m', firing: [int] },
      { time: '60m', firing: [] },
    ],
  },
  {
    name: 'MeshCertificateExpired is quiet a minute before notAfter and fires at it',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: { [notAfter]: '3600x120' },
    at: [
      { time: '59m', firing: [] },
      { time: '60m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertificateExpired fires although the file has become unreadable: the last known date counts',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: { [notAfter]: '3600x120', [check('readable')]: '1x20 0x100' },
    at: [{ time: '61m', firing: [int] }],
  },
  {
    name: 'MeshCertificateExpired survives missing scrapes of ten minutes',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: { [notAfter]: '600x20 _x10 600x20' },
    at: [{ time: '29m', firing: [int] }],
  },
  {
    name: 'MeshCertificateExpired resolves within its memory after the renewal, also under another subject',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: {
      [notAfter]: '600x20',
      'nhs_mesh_certificate_not_after_timestamp_seconds{mesh_environment="int",role="client",subject="CN=b"}': `_x20 ${1000 * day}x60`,
    },
    at: [
      { time: '19m', firing: [int] },
      { time: '37m', firing: [] },
    ],
  },
  {
    name: 'MeshCaExpiresSoon fires when a CA ends before the certificate, inside 45 days',
    alert: 'MeshCaExpiresSoon',
    interval: '1m',
    series: { [notAfter]: `${900 * day}x180`, [expiry]: `${45 * day + hour}x180` },
    at: [
      { time: '2h', firing: [] },
      { time: '2h1m', firing: [int] },
    ],
  },
  {
    name: 'MeshCaExpiresSoon leaves the client certificate’s own expiry to its own alert',
    alert: 'MeshCaExpiresSoon',
    interval: '10m',
    series: { [notAfter]: `${40 * day}x60`, [expiry]: `${40 * day}x60` },
    at: [{ time: '5h', firing: [] }],
  },
  {
    name: 'MeshCaExpiryImminent fires below 14 days',
    alert: 'MeshCaExpiryImminent',
    interval: '1m',
    series: { [notAfter]: `${900 * day}x90`, [expiry]: `${14 * day + hour}x90` },
    at: [
      { time: '1h10m', firing: [] },
      { time: '1h11m', firing: [int] },
    ],
  },
];

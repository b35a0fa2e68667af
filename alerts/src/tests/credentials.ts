import { check, consequence, critical, failing, failure, int, type Scenario, valid, warning } from './scenario.ts';

const invalid: Scenario[] = [
  ...failing('MeshCredentialInvalid', 'weak_key', 'critical', 10),
  ...['certificate_malformed', 'key_mismatch', 'certificate_expired'].map((code) => ({
    name: `MeshCredentialInvalid yields to the alert that explains it (${code})`,
    alert: 'MeshCredentialInvalid',
    interval: '1m',
    series: { [critical('weak_key')]: '1x40', [critical(code)]: '1x40' },
    at: [{ time: '30m', firing: [] }],
  })),
  {
    name: 'MeshCredentialInvalid is quiet about what follows from a wrong clock',
    alert: 'MeshCredentialInvalid',
    interval: '1m',
    series: { [valid]: '0x40', [consequence('certificate_not_yet_valid')]: '1x40' },
    at: [{ time: '30m', firing: [] }],
  },
  {
    name: 'MeshCredentialInvalid fires for a certificate that is not valid yet, which nothing else tells',
    alert: 'MeshCredentialInvalid',
    interval: '1m',
    series: { [valid]: '0x40', [check('validity')]: '0x40', [critical('certificate_not_yet_valid')]: '1x40' },
    at: [{ time: '30m', firing: [int] }],
  },
];

/** A certificate that cannot be read fails every check, but is reported once. */
const unreadable: Scenario[] = [
  'MeshKeyMismatch',
  'MeshChainInvalid',
  'MeshCredentialInvalid',
  'MeshChainOrderWrong',
  'MeshCertificateNameUnexpected',
  'MeshVerifiersDisagree',
  'MeshHandshakeRefused',
].map((alert) => ({
  name: `${alert} leaves a file that cannot be read to MeshCredentialUnreadable`,
  alert,
  interval: '1m',
  series: {
    [valid]: '0x60',
    ...Object.fromEntries(
      ['readable', 'key_match', 'chain_order', 'chain_valid', 'validity', 'naming', 'strength', 'rehearsal'].map(
        (name) => [check(name), '0x60'],
      ),
    ),
    [critical('certificate_malformed')]: '1x60',
    [failure('credential_unusable')]: '1x60',
    [consequence('handshake_failed')]: '1x60',
  },
  at: [{ time: '55m', firing: [] }],
}));

/** What was read from a store before is judged in its place. */
const store: Scenario[] = [
  ...failing('MeshStoreUnavailable', 'store_unavailable', 'warning', 30),
  ...failing('MeshCredentialUnreadable', 'store_unavailable', 'critical', 10),
  {
    name: 'MeshCredentialUnreadable leaves a store to MeshStoreUnavailable as long as something was read from it before',
    alert: 'MeshCredentialUnreadable',
    interval: '1m',
    series: { [check('readable')]: '0x60', [warning('store_unavailable')]: '1x60' },
    at: [{ time: '55m', firing: [] }],
  },
  {
    name: 'MeshStoreUnavailable yields to MeshCredentialUnreadable',
    alert: 'MeshStoreUnavailable',
    interval: '1m',
    series: { [critical('private_key_unreadable')]: '1x60', [warning('store_unavailable')]: '1x60' },
    at: [{ time: '55m', firing: [] }],
  },
  {
    name: 'MeshCredentialInvalid fires for what was read from a store that no longer answers',
    alert: 'MeshCredentialInvalid',
    interval: '1m',
    series: { [critical('weak_key')]: '1x40', [warning('store_unavailable')]: '1x40' },
    at: [{ time: '30m', firing: [int] }],
  },
];

export const credentialScenarios: Scenario[] = [
  ...failing('MeshCredentialUnreadable', 'certificate_malformed', 'critical', 10),
  ...failing('MeshKeyMismatch', 'key_mismatch', 'critical', 10),
  ...failing('MeshChainInvalid', 'chain_untrusted', 'critical', 10),
  ...failing('MeshChainOrderWrong', 'chain_order_wrong', 'warning', 30),
  ...failing('MeshCertificateNameUnexpected', 'common_name_malformed', 'warning', 30),
  ...failing('MeshVerifiersDisagree', 'verifiers_disagree', 'warning', 30),
  ...failing('MeshVerifiersDisagree', 'rehearsal_without_verdict', 'warning', 30),
  ...unreadable,
  ...store,
  ...invalid,
];

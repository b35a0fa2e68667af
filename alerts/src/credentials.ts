import { config, secondsPerDay } from './config.ts';
import { clientNotAfter, credentialExpiry } from './recording.ts';
import {
  type AlertRule,
  clientCertificate,
  codesOf,
  environment,
  fails,
  perEnvironment,
  stands,
  unless,
} from './rule.ts';

const warning = config.warningDays * secondsPerDay;
const critical = config.criticalDays * secondsPerDay;
const left = `${clientNotAfter} - time()`;
const caLeft = `(${credentialExpiry} - time())`;
const caEndsFirst = `(${credentialExpiry} < ${clientNotAfter})`;
/** Has an alert that says why, in any case. */
export const credentialInvalid = `${perEnvironment('nhs_mesh_credential_valid == bool 0')} == 1`;
const humanValue = '{{ $value | humanizeDuration }}';

const reading: AlertRule[] = [
  {
    alert: 'MeshCredentialUnreadable',
    expr: fails('readable'),
    for: '10m',
    severity: 'critical',
    summary: `A credential file of MESH ${environment} cannot be read`,
    description: `Certificate, private key, passphrase or CA bundle of ${environment} cannot be read as deployed. A client that restarts now cannot connect. Run "mesh-cert-monitor check --config FILE --environment ${environment}": it names the file and the remedy.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME`; the finding names file, block and reason.',
      'Compare with the last deployment: a rotated secret, a mount, a permission, a passphrase.',
      'The dates of the last readable certificate stay in the metrics, so the expiry alerts still hold.',
    ],
    patience: 'Ten minutes: two check cycles, so that a deployment that swaps files one after the other stays quiet.',
  },
  {
    alert: 'MeshKeyMismatch',
    expr: fails('key_match'),
    for: '10m',
    severity: 'critical',
    summary: `The private key of MESH ${environment} does not belong to its certificate`,
    description: `${clientCertificate} of ${environment} was deployed with another key. No TLS handshake can succeed. Deploy the key that was made with this certificate's CSR.`,
    steps: [
      'Find which of the two files changed last.',
      'After a renewal with a new key, take the key from `state_dir` (`mesh-cert-monitor renewals --config FILE` shows where).',
      'Deploy certificate and key together.',
    ],
    patience: 'Ten minutes: a certificate and its key are often swapped a moment apart.',
  },
  {
    alert: 'MeshChainInvalid',
    expr: fails('chain_valid'),
    for: '10m',
    severity: 'critical',
    summary: `The certification path of MESH ${environment} does not hold`,
    description: `${clientCertificate} of ${environment} does not lead to a trusted root through the CA bundle. Run "mesh-cert-monitor check --config FILE --environment ${environment}": it names the certificate that breaks the path.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME`: the path is drawn, with the certificate at fault.',
      'Put the CA certificates of this environment’s current generation into the bundle.',
    ],
    patience: 'Ten minutes: two check cycles.',
  },
  {
    // Whatever the alerts above and the expired certificate's do not explain.
    alert: 'MeshCredentialInvalid',
    expr: unless(credentialInvalid, stands(...codesOf('readable', 'key_match', 'chain_valid'), 'certificate_expired')),
    for: '10m',
    severity: 'critical',
    summary: `MESH would refuse the credential of ${environment}`,
    description: `${clientCertificate} of ${environment} is readable, matches its key and has a path, but is not fit for MESH: weak, not valid yet, or not meant for a TLS client. Run "mesh-cert-monitor check --config FILE --environment ${environment}" and ask the desk for the right certificate.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME`; the critical finding says what is wrong.',
      'A certificate that is not valid yet: wait, or put the one before it back. Any other: ask the desk for the right one.',
    ],
    patience: 'Ten minutes: two check cycles.',
  },
  {
    alert: 'MeshChainOrderWrong',
    expr: fails('chain_order'),
    for: '30m',
    severity: 'warning',
    summary: `The CA bundle of MESH ${environment} is in the wrong order`,
    description: `The CA bundle of ${environment} does not stand in the configured order (root CA first by default). Some clients fail on it. Run "mesh-cert-monitor check --config FILE --environment ${environment}": it says which certificates to swap.`,
    steps: [
      'Swap the certificates that the finding names.',
      'If your client wants the other order, set `chain_order`.',
    ],
    patience: 'Half an hour: nothing breaks at once.',
  },
  {
    alert: 'MeshCertificateNameUnexpected',
    expr: fails('naming'),
    for: '30m',
    severity: 'warning',
    summary: `The common name of MESH ${environment} is not what MESH certificates have`,
    description: `${clientCertificate} of ${environment} has a common name without the MESH API form, or with another ODS code. The desk may turn a renewal down. Compare it with the name on record.`,
    steps: ['Compare the common name with the record at the desk.', 'Set `renewal.common_name` to the name on record.'],
    patience: 'Half an hour: nothing breaks at once.',
  },
  {
    alert: 'MeshVerifiersDisagree',
    expr: fails('rehearsal'),
    for: '30m',
    severity: 'warning',
    summary: `Two verifiers judge the credential of MESH ${environment} differently`,
    description: `The monitor's own path validation and OpenSSL do not agree about ${clientCertificate} of ${environment}. Trust the stricter one; "mesh-cert-monitor check --config FILE --environment ${environment}" prints both verdicts.`,
    steps: ['Read both verdicts in the finding.', 'Report the difference with the certificates, never the key.'],
    patience: 'Half an hour: nothing breaks at once.',
  },
];

const expiry: AlertRule[] = [
  {
    alert: 'MeshCertificateExpiresSoon',
    expr: `(${left} < ${warning}) and (${left} >= ${critical})`,
    for: '1h',
    severity: 'warning',
    summary: `The client certificate of MESH ${environment} expires in less than ${config.warningDays} days`,
    description: `${clientCertificate} of ${environment} has ${humanValue} left. See that the renewal has been requested: "mesh-cert-monitor renewals --config FILE".`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE`.',
      'If nothing was requested: `mesh-cert-monitor renew --config FILE --environment NAME`.',
    ],
    patience: 'An hour: weeks are left.',
  },
  {
    alert: 'MeshCertificateExpiryImminent',
    expr: `(${left} < ${critical}) and (${left} > 0)`,
    for: '10m',
    severity: 'critical',
    summary: `The client certificate of MESH ${environment} expires in less than ${config.criticalDays} days`,
    description: `${clientCertificate} of ${environment} has ${humanValue} left, and the desk takes several working days to answer. Telephone it, quoting the request that "mesh-cert-monitor renewals --config FILE" shows.`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE`.',
      'Telephone the desk, quoting the request.',
      'Accept and deploy the certificate as soon as it comes: `mesh-cert-monitor accept --config FILE --environment NAME ISSUED.pem`.',
    ],
    patience: 'Ten minutes: long enough to outlast a restart with wrong files, short against days.',
  },
  {
    alert: 'MeshCertificateExpired',
    expr: `${left} <= 0`,
    for: '0m',
    severity: 'critical',
    summary: `The client certificate of MESH ${environment} has expired: no messages move`,
    description: `${clientCertificate} of ${environment} has expired and MESH refuses it. Telephone the desk for an urgent certificate; "mesh-cert-monitor renew --config FILE --environment ${environment}" drafts the request.`,
    steps: [
      'Tell those who wait for messages.',
      'Telephone the desk; send the drafted request.',
      'Deploy, and see that the handshake succeeds.',
    ],
    patience: 'None: a date that has passed does not flap.',
  },
  {
    alert: 'MeshCaExpiresSoon',
    expr: `((${caLeft} < ${warning}) and (${caLeft} >= ${critical})) and ${caEndsFirst}`,
    for: '1h',
    severity: 'warning',
    summary: `A CA above the certificate of MESH ${environment} expires before it, in less than ${config.warningDays} days`,
    description: `A CA on the path of ${clientCertificate} in ${environment} ends in ${humanValue}, before the client certificate. Get the next generation of the CA certificates and a client certificate from it.`,
    steps: [
      'Look for the announcement of the next CA generation on the NHS public key infrastructure pages.',
      'Add it to the bundle.',
      'Request a client certificate from it.',
    ],
    patience: 'An hour: weeks are left.',
  },
  {
    alert: 'MeshCaExpiryImminent',
    expr: `((${caLeft} < ${critical}) and (${caLeft} > 0)) and ${caEndsFirst}`,
    for: '10m',
    severity: 'critical',
    summary: `A CA above the certificate of MESH ${environment} expires in less than ${config.criticalDays} days`,
    description: `A CA on the path of ${clientCertificate} in ${environment} ends in ${humanValue}. Then nothing below it is accepted. Telephone the desk for a certificate from the current generation.`,
    steps: [
      'Telephone the desk for a certificate of the current generation.',
      'Put its CA certificates into the bundle.',
    ],
    patience: 'Ten minutes, as for the client certificate.',
  },
];

export const credentialAlerts: readonly AlertRule[] = [...reading, ...expiry];

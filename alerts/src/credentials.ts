import type { FindingCode } from '../../src/findings/index.ts';
import { clientNotAfter, credentialExpiry, criticalThreshold, warningThreshold } from './recording.ts';
import {
  type AlertRule,
  clientCertificate,
  codesOf,
  command,
  environment,
  fails,
  follows,
  perEnvironment,
  present,
  scope,
  stands,
  standsCritical,
  unless,
} from './rule.ts';

const left = `${clientNotAfter} - time()`;
const caLeft = `(${credentialExpiry} - time())`;
/** Configured in `thresholds`. */
const isWarning = (remaining: string) =>
  `(${remaining} < ${warningThreshold}) and (${remaining} >= ${criticalThreshold})`;
const isCritical = (remaining: string) => `(${remaining} < ${criticalThreshold}) and (${remaining} > 0)`;
const caEndsFirst = `(${credentialExpiry} < ${clientNotAfter})`;
const otherwiseInvalid = codesOf('validity', 'strength').filter((code) => code !== 'certificate_expired');
/** OpenSSL and the server refuse what our rules accept. Otherwise that they disagree is a warning. */
const nobodyAccepts = standsCritical('verifiers_disagree');
/** Not a store that does not answer, as long as what was read from it before is judged in its place. */
const unreadable = standsCritical(...codesOf('readable'));
/** An alert about the renewal says why the time runs out. */
const renewalAlerted =
  `${perEnvironment('nhs_mesh_renewal_state{state=~"due|failed|uncertain"}')} == 1 ` +
  `or ${present('renewal_overdue')} or ${stands('renewal_unanswered')} or ${stands('renewal_due')}`;
/** Why a certificate runs out, and that it does. */
const runningOut: readonly FindingCode[] = [
  'certificate_expires_imminently',
  'certificate_expires_soon',
  'renewal_due',
  'renewal_overdue',
  'renewal_unanswered',
  'renewal_email_failed',
  'renewal_key_missing',
];
const caEnds: readonly FindingCode[] = ['ca_expires_soon', 'ca_expires_before_client'];
/** What looks like an expiry follows from a wrong clock, which has an alert of its own. */
const timeIsWrong = `${follows('certificate_expired')} and on (${scope}) ${stands('clock_skew')}`;
const humanValue = '{{ $value | humanizeDuration }}';

const reading: AlertRule[] = [
  {
    alert: 'MeshCredentialUnreadable',
    about: codesOf('readable'),
    expr: unreadable,
    for: '10m',
    severity: 'critical',
    summary: `A credential file of MESH ${environment} cannot be read`,
    description: `The certificate, private key, passphrase or CA bundle of ${environment} cannot be read as deployed. A client that restarts now will not be able to connect. Run "${command('check')}": it reports the file and the remedy.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME`: the finding says which file, which part of it, and why.',
      'Check what the last deployment changed: a secret, a mount, a permission or a passphrase.',
      'The dates of the last readable certificate stay in the metrics, so the expiry alerts still work.',
    ],
    patience:
      'Two check cycles, so that a deployment that replaces files one after the other does not raise the alert.',
  },
  {
    alert: 'MeshStoreUnavailable',
    about: ['store_unavailable'],
    expr: unless(stands('store_unavailable'), unreadable),
    for: '30m',
    severity: 'warning',
    summary: `A secret store of MESH ${environment} cannot be read`,
    description: `A secret store that ${environment} is read from does not answer or refuses. What was read from it before is judged in its place, so a change in the store is not seen. Run "${command('check')}": it names the store and the operation that failed.`,
    steps: [
      'Check that the store can be reached from the machine that runs the service.',
      'If it refuses, compare the rights of the service with what `mesh-cert-monitor permissions --config FILE` prints.',
    ],
    patience: 'A store may be down for a while, and what was read before stays valid.',
  },
  {
    alert: 'MeshKeyMismatch',
    about: codesOf('key_match'),
    expr: fails('key_match'),
    for: '10m',
    severity: 'critical',
    summary: `The private key of MESH ${environment} does not belong to its certificate`,
    description: `${clientCertificate} of ${environment} was deployed with a different key, so no TLS handshake can succeed. Deploy the key that this certificate's CSR was made with.`,
    steps: [
      'Find out which of the two files changed last.',
      'After a renewal with a new key, take the key from `pending/` in `state_dir` (the page of the renewal shows its path), or run `mesh-cert-monitor accept --install` again.',
      'Deploy the certificate and key together.',
    ],
    patience: 'A certificate and its key are often replaced a moment apart.',
  },
  {
    alert: 'MeshChainInvalid',
    about: codesOf('chain_valid'),
    expr: fails('chain_valid'),
    for: '10m',
    severity: 'critical',
    summary: `The certification path of MESH ${environment} is not valid`,
    description: `${clientCertificate} of ${environment} does not lead to a trusted root through the CA bundle. Run "${command('check')}": it shows where the path breaks.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME`: it draws the path and marks the certificate at fault.',
      'Put the current CA certificates of this environment into the bundle.',
    ],
    patience: 'Two check cycles.',
  },
  {
    // Everything that the alerts above, and the one for an expired certificate, do not explain.
    alert: 'MeshCredentialInvalid',
    about: [...otherwiseInvalid, 'verifiers_disagree'],
    expr: unless(
      `${stands(...otherwiseInvalid)} or ${nobodyAccepts}`,
      `${unreadable} or ${stands(...codesOf('key_match'), 'certificate_expired')}`,
    ),
    for: '10m',
    severity: 'critical',
    summary: `MESH would refuse the credential of ${environment}`,
    description: `${clientCertificate} of ${environment} can be read and matches its key, but cannot be used with MESH: it is weak, not valid yet, refused by OpenSSL, or not meant for a TLS client. Run "${command('check')}" for the reason, then ask the desk for the right certificate.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME`: the critical finding says what is wrong.',
      'If the certificate is not valid yet, wait, or put the previous one back. Otherwise ask the desk for the right one.',
    ],
    patience: 'Two check cycles.',
  },
  {
    alert: 'MeshChainOrderWrong',
    about: codesOf('chain_order'),
    expr: fails('chain_order'),
    for: '30m',
    severity: 'warning',
    summary: `The CA bundle of MESH ${environment} is in the wrong order`,
    description: `The CA bundle of ${environment} is not in the configured order (root CA first by default). Some clients cannot use it. Run "${command('check')}": it says which certificates to swap.`,
    steps: [
      'Run `mesh-cert-monitor bundle BUNDLE.pem --in-place`, with `--order leaf-first` if that is the configured order.',
      'If your client needs the other order, set `chain_order`.',
    ],
    patience: 'Nothing breaks at once.',
  },
  {
    alert: 'MeshCertificateNameUnexpected',
    about: codesOf('naming'),
    expr: fails('naming'),
    for: '30m',
    severity: 'warning',
    summary: `The common name of MESH ${environment} is not as expected`,
    description: `${clientCertificate} of ${environment} has a common name that is not in the MESH API format, or that contains a different ODS code. The desk may reject a renewal. Compare it with the name on record.`,
    steps: [
      'Compare the common name with the one the desk has on record.',
      'Set `renewal.common_name` to the name on record.',
    ],
    patience: 'Nothing breaks at once.',
  },
  {
    alert: 'MeshVerifiersDisagree',
    about: codesOf('rehearsal'),
    expr: unless(fails('rehearsal'), nobodyAccepts),
    for: '30m',
    severity: 'warning',
    summary: `OpenSSL did not confirm the credential of MESH ${environment}`,
    description: `About ${clientCertificate} of ${environment}, OpenSSL disagrees with the monitor's own validation or came to no verdict. Run "${command('check')}": it says which.`,
    steps: [
      'Read the finding. If the two disagree, trust the stricter one.',
      'Report a difference to the maintainers. Include the certificates, never the key.',
      'If there was no verdict, check that the machine is not overloaded.',
    ],
    patience: 'Nothing breaks at once.',
  },
];

const expiry: AlertRule[] = [
  {
    alert: 'MeshCertificateExpiresSoon',
    about: runningOut,
    expr: unless(isWarning(left), renewalAlerted),
    for: '1h',
    severity: 'warning',
    summary: `The client certificate of MESH ${environment} expires soon`,
    description: `${clientCertificate} of ${environment} has ${humanValue} left. Check that the renewal has been requested: "${command('renewals', false)}".`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE`.',
      'If it has not been requested, run `mesh-cert-monitor renew --config FILE --environment NAME`.',
    ],
    patience: 'There are weeks left.',
  },
  {
    alert: 'MeshCertificateExpiryImminent',
    about: runningOut,
    expr: unless(isCritical(left), timeIsWrong),
    for: '10m',
    severity: 'critical',
    summary: `The client certificate of MESH ${environment} is about to expire`,
    description: `${clientCertificate} of ${environment} has ${humanValue} left, and the desk takes several working days to answer. Telephone the desk and quote the request that "${command('renewals', false)}" shows.`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE`.',
      'Telephone the desk and quote the request.',
      'Accept and deploy the certificate as soon as it arrives: `mesh-cert-monitor accept --config FILE --environment NAME ISSUED.pem`.',
    ],
    patience: 'Long enough to outlast a restart with the wrong files, and short compared with days.',
  },
  {
    alert: 'MeshCertificateExpired',
    about: ['certificate_expired'],
    expr: unless(`${left} <= 0`, timeIsWrong),
    for: '0m',
    severity: 'critical',
    summary: `The client certificate of MESH ${environment} has expired: no messages can be sent or collected`,
    description: `${clientCertificate} of ${environment} has expired and MESH refuses it. Telephone the desk for an urgent certificate; "${command('renew')}" drafts the request.`,
    steps: [
      'Tell the people who depend on the messages.',
      'Telephone the desk, and send the drafted request.',
      'Deploy the new certificate, and check that the handshake succeeds.',
    ],
    patience: 'It does not wait: a date that has passed does not flap.',
  },
  {
    alert: 'MeshCaExpiresSoon',
    about: caEnds,
    expr: `(${isWarning(caLeft)}) and ${caEndsFirst}`,
    for: '1h',
    severity: 'warning',
    summary: `A CA above the certificate of MESH ${environment} expires soon, before it`,
    description: `A CA on the path of ${clientCertificate} in ${environment} expires in ${humanValue}, before the client certificate. Get the next generation of CA certificates, and a client certificate issued by it.`,
    steps: [
      'Look for the announcement of the next CA generation on the NHS public key infrastructure pages.',
      'Add its certificates to the bundle.',
      'Request a client certificate issued by it.',
    ],
    patience: 'There are weeks left.',
  },
  {
    alert: 'MeshCaExpiryImminent',
    about: caEnds,
    expr: `(${isCritical(caLeft)}) and ${caEndsFirst}`,
    for: '10m',
    severity: 'critical',
    summary: `A CA above the certificate of MESH ${environment} is about to expire`,
    description: `A CA on the path of ${clientCertificate} in ${environment} expires in ${humanValue}. After that, MESH accepts nothing issued below it. Telephone the desk for a certificate issued by the current CA generation.`,
    steps: [
      'Telephone the desk for a certificate issued by the current CA generation.',
      'Put its CA certificates into the bundle.',
    ],
    patience: 'As for the client certificate.',
  },
];

export const credentialAlerts: readonly AlertRule[] = [...reading, ...expiry];

/** The client certificate itself: its key, its dates, its strength. */
import type { Finding, FindingCode } from '../../findings/index.ts';
import type { HandshakeReason } from '../../mesh/index.ts';
import { lowerFirst } from '../../text/index.ts';
import { spkiSha256Of } from '../../x509/index.ts';
import { commandFor, earlyRequest, pathOf } from '../commands.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import {
  clientOf,
  desk,
  deskAddresses,
  isDraft,
  origin,
  place,
  quotedName,
  telephoneDesk,
  timeHere,
  utcMinute,
  whetherItArrived,
  whoForwards,
} from '../words.ts';

/** How a server says that it does not accept our certificate, or how we find that we cannot present it. */
export const refusals: readonly HandshakeReason[] = [
  'credential_unusable',
  'client_certificate_required',
  'client_certificate_expired',
  'client_certificate_rejected',
  'connection_reset',
  'bad_request',
];

const disagreement: readonly FindingCode[] = ['verifiers_disagree', 'rehearsal_without_verdict'];

/** The pending key of a renewal belongs to the certificate: somebody deployed one without the other. */
function pendingKey(evidence: Evidence): string | undefined {
  const { spkiSha256, keyFile } = evidence.renewal?.record ?? {};
  const client = clientOf(evidence);
  if (!client || !spkiSha256 || !keyFile) return undefined;
  return spkiSha256Of(client.publicKey.spki) === spkiSha256 ? keyFile : undefined;
}

function wrongKey(evidence: Evidence): Wording {
  const keyFile = pendingKey(evidence);
  if (keyFile === undefined) return {};
  const command = installKey(evidence);
  return {
    message: `The key of the renewal, ${keyFile} in the state directory, does belong to it.`,
    remedy: `Deploy ${keyFile} from the state directory as ${place(evidence, 'privateKey')}: it was made together with this certificate.${command ? ' The command below does that, and keeps the previous key.' : ''}`,
    ...(command ? { command } : {}),
  };
}

/** Takes the deployed certificate for the desk’s answer. Undefined where `accept --install` would refuse it, or put the key elsewhere. */
function installKey(evidence: Evidence): string | undefined {
  const { environment, findings, renewal } = evidence;
  const { state, record } = renewal ?? {};
  if (environment?.credential?.kind !== 'pem' || record?.environment !== environment.name) return undefined;
  const files = (['certificate', 'privateKey', 'caBundle'] as const).map((part) => pathOf(evidence, part));
  const isGone = findings.some(({ code }) => code === 'renewal_key_missing');
  const isWaiting = state !== 'sending' && state !== 'deployed' && !isGone;
  const isAlike = !environment.credential.next && !environment.renewal.passphrase && !fitsNothing(evidence);
  return isWaiting && isAlike && !files.includes(undefined)
    ? commandFor(`accept --install ${files[0]}`, evidence)
    : undefined;
}

/** What to do about an expired certificate depends on how far its renewal is. */
export function expired(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  const { state, record } = evidence.renewal ?? { state: 'not_due' as const };
  const because = record?.lastError ? ` The request could not be sent: ${record.lastError}.` : '';
  const message = `${timeHere(evidence)}${because}`;
  const headline = client ? `The client certificate expired on ${utcMinute(client.notAfter)}` : undefined;
  const deployment = evidence.renewal?.deployment;
  if (deployment) return { ...(headline ? { headline } : {}), message, ...deployment };
  const telephone = `${lowerFirst(telephoneDesk(evidence))}: ask for an urgent certificate.`;
  const next =
    {
      requested: isDraft(evidence)
        ? {
            remedy: draftToSend(evidence),
            command: 'renewals resolve --sent',
          }
        : { remedy: `The desk has the request: ${telephone}`, command: 'renewals' },
      uncertain: {
        remedy: `${whetherItArrived(evidence).ask} Tell the desk that the certificate has expired.`,
        command: 'renewals resolve --not-sent',
      },
    }[state as 'requested' | 'uncertain'] ?? request(evidence, telephone);
  const command = next.command === undefined ? undefined : commandFor(next.command, evidence);
  return {
    ...(headline ? { headline } : {}),
    message,
    remedy: next.remedy,
    calls: true,
    ...(command ? { command } : {}),
  };
}

/** Without a desk in the configuration it is done in another way. */
function request(evidence: Evidence, telephone: string): { readonly remedy: string; readonly command?: string } {
  if (evidence.environment && deskAddresses(evidence) === '')
    return { remedy: `${requestAfter(evidence)} a new certificate now, and ask for it as urgent.` };
  return {
    remedy: `${requestAfter(evidence)} a new certificate now (\`mesh-cert-monitor renew\`), then ${telephone}${whoForwards(evidence)}`,
    command: 'renew',
  };
}

function draftToSend(evidence: Evidence): string {
  const file = evidence.renewal?.record?.messageFile;
  const where = file ? ` (${file} in the state directory)` : '';
  return `The desk does not have the request yet: send the draft${where} to ${deskAddresses(evidence)} now, and telephone the desk to ask for an urgent certificate. Once it is sent, run the command below.`;
}

/** The new key is encrypted with the passphrase, so without it nothing can be requested. */
const requestAfter = (evidence: Evidence) =>
  evidence.findings.some(({ code }) => code === 'passphrase_missing')
    ? `Make ${origin(evidence, 'passphrase')} available first. Then request`
    : 'Request';

function early(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  return {
    ...(client ? { headline: `The client certificate is not valid until ${utcMinute(client.notBefore)}` } : {}),
    message: timeHere(evidence),
    remedy: `Check this machine’s clock (\`date -u\`). If it is right, put the previous certificate and its key back until then: ${place(evidence, 'certificate')}, ${place(evidence, 'privateKey')}.`,
    command: 'date -u',
  };
}

/** Nothing that is said about getting a new certificate in time matters once it is too late. */
const renewing: readonly FindingCode[] = [
  'renewal_due',
  'renewal_overdue',
  'renewal_unanswered',
  'renewal_not_deployed',
  'renewal_email_failed',
];

const unusable: readonly [FindingCode, string][] = [
  ['client_auth_not_permitted', 'MESH refuses a certificate that is not for TLS clients'],
  ['digital_signature_not_permitted', 'MESH refuses a certificate whose key must not sign'],
  ['weak_key', 'OpenSSL does not use a key that is too weak'],
  ['weak_signature_algorithm', 'OpenSSL does not use a certificate with a weak signature'],
  ['public_key_unusable', 'No TLS library uses such a public key'],
];

/** Which of them a new key of ours puts right. */
const needsNewKey: readonly FindingCode[] = ['weak_key', 'public_key_unusable'];

/** The desk issues another, unless it is a CA's. */
function requestAnother(evidence: Evidence, { code, subject }: Finding): Wording {
  const client = clientOf(evidence);
  if (!client || evidence.environment === undefined || subject !== client.subject.text) return {};
  const [key, what] = needsNewKey.includes(code) ? ['--key new ', ' with a new RSA 2048 key'] : ['', ''];
  const remedy = `Request a certificate for a MESH client${what} from ${desk(evidence)}.`;
  return earlyRequest(remedy, `${key}--reason 'MESH refuses the present certificate'`, evidence);
}

function goByOpenSsl(evidence: Evidence): Wording {
  const remedy = `Go by the verdict of OpenSSL in the message. A certificate for a new RSA 2048 key can be used everywhere: request one from ${desk(evidence)}.`;
  return {
    headline: 'OpenSSL cannot use these files, although they keep every rule, and the connection fails',
    ...earlyRequest(remedy, "--key new --reason 'TLS libraries refuse the present certificate'", evidence),
  };
}

/** What is said about the name and purpose of a certificate that is a CA's. */
const notForClients: readonly FindingCode[] = [
  'client_auth_not_permitted',
  'digital_signature_not_permitted',
  'bundle_contains_client_certificate',
  'common_name_malformed',
  'common_name_ods_code_mismatch',
  'common_name_mailbox_mismatch',
];

const isCa = (evidence: Evidence) => clientOf(evidence)?.basicConstraints?.ca === true;

function caFirst(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  if (!client) return {};
  return {
    headline: `The client certificate’s file begins with the CA certificate ${quotedName(client.subject)}`,
    // Whether the file has the client certificate too, further down, or none at all.
    remedy: `Put the client certificate first in ${origin(evidence, 'certificate')}. CA certificates belong in the CA bundle.`,
  };
}

/** Key and bundle are two against one. */
const fitsNothing = ({ findings }: Evidence) =>
  findings.some(({ code }) => code === 'chain_incomplete' || code === 'chain_untrusted');

const otherCertificate = (evidence: Evidence): Wording => ({
  headline: 'The client certificate fits neither the private key nor the CA bundle',
  remedy: `Put the certificate that belongs to the key and the bundle back into ${origin(evidence, 'certificate')}. If this is the right certificate, deploy the key and the CA bundle that came with it.`,
});

export const clientRules: readonly Rule[] = [
  {
    name: 'A CA certificate is where the client certificate should be',
    cause: 'key_mismatch',
    reasons: ['credential_unusable', 'client_certificate_rejected'],
    consequences: [...disagreement, ...notForClients],
    when: isCa,
    says: caFirst,
  },
  {
    name: 'A certificate that fits neither its key nor the bundle is the one that is wrong',
    cause: 'key_mismatch',
    reasons: ['credential_unusable', 'client_certificate_rejected'],
    consequences: [...disagreement, 'chain_incomplete', 'chain_untrusted'],
    when: (evidence) => fitsNothing(evidence) && pendingKey(evidence) === undefined,
    says: otherCertificate,
  },
  {
    name: 'A key that does not belong to the certificate cannot be presented',
    cause: 'key_mismatch',
    reasons: ['credential_unusable', 'client_certificate_rejected'],
    consequences: [...disagreement, 'renewal_key_missing'],
    says: wrongKey,
  },
  {
    name: 'MESH refuses an expired certificate, whatever became of its renewal',
    cause: 'certificate_expired',
    reasons: refusals,
    consequences: [...disagreement, ...renewing],
    says: expired,
  },
  {
    name: 'MESH refuses a certificate that is not valid yet',
    cause: 'certificate_not_yet_valid',
    reasons: refusals,
    consequences: [...disagreement, ...renewing],
    says: early,
  },
  ...unusable.map(
    ([cause, name]): Rule => ({ name, cause, reasons: refusals, consequences: disagreement, says: requestAnother }),
  ),
  {
    name: 'OpenSSL refuses what we accept, and so does the server',
    cause: 'verifiers_disagree',
    reasons: [...refusals, 'tls_protocol_mismatch'],
    when: ({ assessment, handshake }) => assessment?.valid === true && handshake?.outcome === 'failure',
    says: goByOpenSsl,
  },
];

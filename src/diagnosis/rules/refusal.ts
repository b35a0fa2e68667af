/** MESH answers and refuses us, although our files are in order. */
import { mayHaveIssued, namedIssuer } from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';
import { earlyRequest } from '../commands.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import {
  authoritiesOf,
  clientOf,
  desk,
  keyIdentifier,
  missingSecrets,
  origin,
  place,
  quotedName,
  telephoneDesk,
} from '../words.ts';

const isValid = ({ assessment }: Evidence) => assessment?.valid === true;

const mailbox = ({ environment }: Evidence) => environment?.mesh.mailboxId.toUpperCase() ?? '';

function otherMailbox(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  const name = client ? quotedName(client.subject) : 'another mailbox';
  return {
    headline: `MESH refuses mailbox ${mailbox(evidence)}: the certificate deployed for it is ${name}`,
    message: 'MESH accepts the certificate itself; mailbox and certificate do not belong together.',
    remedy: `Deploy the certificate and key of mailbox ${mailbox(evidence)}: ${place(evidence, 'certificate')}, ${place(evidence, 'privateKey')}. If the certificate is the right one, correct \`mesh.mailbox_id\` and the password instead.`,
  };
}

function wrongSecrets(evidence: Evidence): Wording {
  return {
    headline: `MESH refuses the mailbox ID, password or shared key of ${mailbox(evidence)} (HTTP 403)`,
    message: 'MESH accepts the client certificate, and this machine’s clock agrees with MESH’s.',
    remedy: `Compare these with what the desk issued for this environment: mailbox ID ${mailbox(evidence)}, ${place(evidence, 'password')}, ${place(evidence, 'sharedKey')}. Calls must come from a UK address.`,
  };
}

/** The server's own certificate says which CAs MESH uses now. */
function wantedAuthority(evidence: Evidence): Certificate | undefined {
  const client = clientOf(evidence);
  const server = evidence.handshake?.serverCertificates[0];
  return authoritiesOf(evidence).find(
    (each) => client && server && mayHaveIssued(server, each) && !mayHaveIssued(client, each),
  );
}

const generationWords = {
  1: ', of the first generation of NHS certificate authorities',
  2: ', of the second generation (G2)',
};

function refusedIssuer(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  if (!client) return {};
  const wanted = wantedAuthority(evidence);
  const known = namedIssuer(client);
  const generation = known ? generationWords[known.generation] : '';
  const from = wanted
    ? ` issued by ${quotedName(wanted.subject)}${keyIdentifier(wanted.subjectKeyIdentifier)}`
    : ' that this environment accepts';
  return {
    headline: 'MESH refuses our client certificate',
    message: `${quotedName(client.issuer)}${keyIdentifier(client.authorityKeyIdentifier)} issued it${generation}.${wanted ? ` MESH’s own certificate was issued by ${quotedName(wanted.subject)}${keyIdentifier(wanted.subjectKeyIdentifier)}, which is in the bundle too.` : ''}`,
    calls: true,
    ...earlyRequest(
      `Make sure that ${place(evidence, 'certificate')} was issued for this environment. If it was, ask ${desk(evidence)} for a certificate${from}, and quote the serial number ${client.serial} and the issuer ${quotedName(client.issuer)}.`,
      "--reason 'MESH refuses the present certificate'",
      evidence,
    ),
  };
}

function revoked(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  const remedy = `${telephoneDesk(evidence)}, and ask why${client ? `: serial number ${client.serial}` : ''}. Then request a new certificate with a new key.`;
  return {
    headline: 'MESH says that our client certificate is revoked',
    calls: true,
    ...earlyRequest(remedy, "--key new --reason 'The present certificate is revoked'", evidence),
  };
}

const secretNames = { password: 'mailbox password', sharedKey: 'shared key' } as const;

function provideSecret(evidence: Evidence): Wording {
  const parts = missingSecrets(evidence);
  return {
    headline: `The ${parts.map((part) => secretNames[part]).join(' and the ')} cannot be read`,
    remedy: `Make ${parts.map((part) => origin(evidence, part)).join(' and ')} available to this process. After changing an environment variable, restart the service.`,
  };
}

export const refusalRules: readonly Rule[] = [
  {
    name: 'Without the mailbox password or the shared key nothing can be asked',
    cause: 'handshake_failed',
    reasons: ['credential_unusable'],
    when: (evidence) => missingSecrets(evidence).length > 0,
    says: provideSecret,
  },
  {
    name: 'A 403 with the certificate of another mailbox',
    cause: 'handshake_failed',
    reasons: ['authentication_failed'],
    consequences: ['common_name_mailbox_mismatch', 'common_name_ods_code_mismatch'],
    // What looks like another mailbox's may be a wrong clock, and stays when that is set.
    when: ({ findings }) =>
      findings.some(({ code }) => code === 'common_name_mailbox_mismatch') &&
      !findings.some(({ code, severity }) => code === 'clock_skew' && severity === 'critical'),
    says: otherMailbox,
  },
  {
    name: 'A 403 with the right certificate and clock: mailbox ID, password or shared key',
    cause: 'handshake_failed',
    reasons: ['authentication_failed'],
    when: isValid,
    says: wrongSecrets,
  },
  {
    name: 'MESH refuses the certificate while our files fit each other',
    cause: 'handshake_failed',
    reasons: ['client_certificate_rejected'],
    when: isValid,
    says: refusedIssuer,
  },
  {
    name: 'MESH says that the certificate is revoked',
    cause: 'handshake_failed',
    reasons: ['client_certificate_revoked'],
    says: revoked,
  },
  {
    name: 'A mailbox is not validated as long as handshakes fail',
    cause: 'handshake_failed',
    consequences: ['mailbox_not_validated_recently'],
  },
];

// docs/renewal.md: the runbook, with the messages rendered from the scenario that the golden files lock.
import {
  deploymentInstructions,
  type Message,
  type RenewalState,
  renderClosing,
  renderReminder,
  renderRequest,
  renderReview,
  renderUncertain,
  renewalStates,
} from '../../src/renewal/index.ts';
import {
  certificateFacts,
  environmentOf,
  from,
  issued,
  lastDayToAsk,
  later,
  recordFor,
  requestFor,
} from '../../test/support/renewal/samples.ts';

export const pages = () => ({ 'docs/renewal.md': page() });

const meanings: Record<RenewalState, { means: string; next: string }> = {
  not_due: {
    means: 'The deployed certificate is not in its renewal window yet.',
    next: 'Nothing. The window opens by itself.',
  },
  due: {
    means:
      'It is in its window and the request has not gone out: it goes with the next cycle, or the last attempt failed and the next one is waiting.',
    next: 'Nothing, unless the state stays: the finding says what to mend (mail server, passphrase, enclosure, common name).',
  },
  sending: {
    means: 'The mail server is being called. Written to disk before the first byte goes out.',
    next: 'Nothing. If the service dies here, the renewal is `uncertain` when it starts again.',
  },
  requested: {
    means:
      'The mail server took the request; or it lies drafted (review mode, no SMTP configured), and `renewal_due` stands until somebody forwards it and says so with `renewals resolve --sent`.',
    next: 'Wait. After 5 working days without a new certificate the contact is reminded, once.',
  },
  uncertain: {
    means: 'Nobody can know whether the desk has the request. It is never sent again by itself.',
    next: 'Find out, then `renewals resolve --sent` or `--not-sent`.',
  },
  issued: {
    means: '`accept` has checked the certificate that came back.',
    next: 'Deploy it, as INSTRUCTIONS.txt says, or with `accept --install`.',
  },
  deployed: {
    means: 'The service has seen another certificate deployed in this one’s place, and MESH has accepted it.',
    next: 'Nothing. The contact gets one closing message, and the new certificate starts again at `not_due`.',
  },
  failed: {
    means: 'The mail server refused the request for good (5xx).',
    next: 'Mend what the finding names, then `mesh-cert-monitor renew`, or `renewals resolve --not-sent` to leave it to the service. If the desk has it all the same: `renewals resolve --sent`.',
  },
};

const production = environmentOf('production');
const integration = environmentOf('integration', {
  credential: {
    kind: 'pem',
    certificate: { kind: 'file', path: '/etc/mesh/client.pem' },
    privateKey: { kind: 'file', path: '/etc/mesh/private_key.pem' },
    caBundle: { kind: 'file', path: '/etc/mesh/ca_bundle.pem' },
  },
});
const context = { environment: production, from, record: recordFor(production), now: later };

function page(): string {
  return `<!-- Generated from scripts/docs/renewal.ts and test/support/renewal/samples.ts by \`npm run docs\`. -->

# Renewal

Ahead of expiry the certificate desk gets one correct request, and the renewal is not over until the new certificate is deployed and MESH
accepts it. One request for each deployed certificate: its key is the environment and the certificate's SHA-256 fingerprint.

## States

| state | means | what to do |
|---|---|---|
${renewalStates.map((state) => `| \`${state}\` | ${meanings[state].means} | ${meanings[state].next} |`).join('\n')}

\`mesh-cert-monitor renewals --config FILE\` lists them; \`nhs_mesh_renewal_state\` has the same as a metric. Every transition is kept with its time
and reason in \`state_dir/renewals.sqlite\`.

## What is asked for

- **Common name**: \`renewal.common_name\`, else the deployed certificate's where it has the form \`<local id>.<ODS code>.api.mesh-client.nhs.uk\`, else
  made from mailbox ID and ODS code. Its case stays as it is on record. A name that the desk would turn down is refused before anything is sent:
  another form, one of the packaged MESH client (\`….thirdparty.nhs.uk\`), another ODS code than configured (unless such a certificate is deployed
  already), more than 64 characters.
- **Key**: a new RSA key (\`key_bits\` 2048, 3072 or 4096), or with \`key: reuse\` the deployed one (RSA of 2048 bits or more, or EC).
  A new key is written to \`state_dir/pending/\` before anything is sent: PKCS#8, PBES2 with PBKDF2 (HMAC-SHA-256, 2048 rounds) and AES-256-CBC,
  mode 0600. The number of rounds is OpenSSL's own, and Node offers no way to raise it, so choose a passphrase that does not depend on it: a random one.
- **CSR**: the CN alone (a UTF8String, as \`openssl req -subj\` writes it), SHA-256, no attributes. It is read back and its signature verified before
  it goes anywhere.
- **Enclosures**: what \`renewal.enclose\` names, each at most 1 MiB. A file with a private key in it, and anything named like a keystore, is refused.

## How it is sent

STARTTLS is required unless \`email.smtp.tls\` says \`implicit\` or \`none\`; the server's certificate is verified, and the password goes nowhere before that.
The message is rendered whole before anybody connects. What the mail server does decides:

| what happens | the renewal is | and then |
|---|---|---|
| the server takes the message (250) | \`requested\` | an address that it refused besides is named in the finding |
| 4xx, no connection, broken TLS, silence, before the end of the message | \`due\` | tried again after 5 minutes, doubling up to 6 hours |
| 5xx | \`failed\` | \`renewal_email_failed\` stands until somebody runs \`renew\` |
| every desk address is refused | \`due\` or \`failed\`, by the code | the contact gets no copy of what the desk never got |
| the connection ends after the whole message and before the server's answer, or that answer is neither a yes (2xx) nor a no (4xx, 5xx) | \`uncertain\` | a person has to find out |
| no SMTP server is configured | \`requested\`, drafted | the message lies in \`state_dir/outbox/\` as an \`.eml\` of mode 0600 |

The Message-ID is derived from the request's key, so a request that reaches the desk twice is seen to be one, and drafting it again replaces the file.

## Asking at once

\`mesh-cert-monitor renew --config FILE --environment NAME\` asks without waiting for the window; \`--dry-run\` writes what would be sent to a directory,
sends nothing and records nothing. Only one process sends from a state directory. While the service runs, \`renew\` therefore leaves the sending
to it: a request that is due and waiting after a failed attempt, or that was refused (\`failed\`), goes with the service's next check, as the
service is configured: \`--key\` does not reach it. Before the window opens it says so and exits with 3: stop the service, or lengthen
\`renewal.window\`. For a request that is with the desk already, or uncertain, nothing is sent, and the exit code is 1.

\`renewals resolve\` settles what only a person can know:

| state | \`--sent\` | \`--not-sent\` |
|---|---|---|
| \`uncertain\`, \`failed\` | the desk has it: \`requested\`, as of the attempt | \`due\`: it is sent once more |
| \`requested\`, drafted | it has been forwarded: \`requested\`, as of now | refused: there is nothing to settle |
| any other | refused | refused |

## The messages

### To the desk

${shown(renderRequest(requestFor(production)))}

For integration and deployment the same goes to \`itoc.supportdesk@nhs.net\`, without the conformance certificate.

### \`mode: review\`

The same message, unsent, attached as \`renewal-request.eml\`: open it in a mail program, check it, send it on.

${shown(renderReview(renderRequest(requestFor(production)), context))}

### No answer after 5 working days

${shown(renderReminder(context, lastDayToAsk))}

### It is uncertain whether the request was sent

${shown(renderUncertain(context))}

### Done

${shown(renderClosing(context, issued))}

## After a crash

Nothing has to be done by hand but this:

- **Before \`sending\`**: the key and the CSR that are on disk are used again; the desk has heard nothing.
- **In \`sending\`**: the renewal is \`uncertain\` after the restart, and the contact is told. Look for the Message-ID in the mail server's log, or ask the desk.
  Then \`renewals resolve --sent\`, or \`--not-sent\`, which sends the same request with the same key and Message-ID once more.
- **After \`requested\`**: nothing happened.
- **The state directory is lost**: the key is lost with it, and the certificate that comes back is of no use. Restore it from the backup; otherwise tell the
  desk to drop the request, and ask anew.
- **The disk is full, read-only, or the database is damaged or of a newer version**: the service says so and sends nothing.

## When the certificate comes back

\`\`\`
mesh-cert-monitor accept --config FILE --environment NAME ISSUED.pem
\`\`\`

PEM or DER, alone or with its chain. It is accepted when all of this holds, and otherwise refused with each reason that does not:

- it carries the public key of the pending request, and the pending private key opens with its passphrase;
- its common name is the one of the request, in any case (the CA adds \`O\` and \`OU\`; they are not compared);
- it ends later than the certificate that it replaces;
- a path leads from it to a root in the deployed bundle. Intermediate CAs that came in the same file help; a root that came by e-mail is not trusted
  for that. If the PKI has changed, put the new root into the bundle yourself, having compared its fingerprint with the published one;
- MESH would accept it now: validity, signatures, key usage, client authentication, strength;
- OpenSSL accepts it in a TLS handshake, with the pending key and the bundle, in memory.

A certificate that lives shorter than the usual three years is accepted with a note; near its own end the CA cuts certificates off.

Then \`state_dir/pending/…\` holds \`client.pem\`, \`ca_bundle.pem\` (the whole deployed bundle in the configured order, for MESH's own certificate may
hang on a CA that the client's path does not use) and INSTRUCTIONS.txt. No deployed file is touched. For files it reads:

\`\`\`
${instructions()}\`\`\`

Where the configuration names variables or a keystore, the instructions say what to put where, and how to make the PKCS#12 or JKS file.

### \`--install\`

Replaces the deployed files by the accepted ones. Each new file is written beside its target with the same owner and mode, and only when all are ready
are they renamed into place: key, certificate, bundle. If one rename fails, those before it are undone. The previous files stay beside the new ones as
\`NAME.previous-TIME\`. Between two renames a reader could see the new key with the old certificate: restart or reload the application afterwards.

It refuses, and changes nothing, for variables and keystores, for a file that holds several things (certificate and key, or a chain), for DER, and when the
new key opens with another passphrase than the deployed one.

Exit codes: 0 accepted (and installed, if asked), 1 accepted but not installed as asked, 2 refused, 3 bad usage.
`;
}

function shown({ from: sender, to, cc, replyTo, subject, text, attachments, enclosed }: Message): string {
  const people = (list: readonly Message['from'][]) =>
    list.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ');
  const files = [...attachments.map(({ filename }) => filename), ...(enclosed ? [enclosed.filename] : [])];
  const headers = [
    `From: ${people([sender])}`,
    `To: ${people(to)}`,
    ...(cc.length > 0 ? [`Cc: ${people(cc)}`] : []),
    `Reply-To: ${people([replyTo])}`,
    `Subject: ${subject}`,
    ...(files.length > 0 ? [`Attachments: ${files.join(', ')}`] : []),
  ];
  return `\`\`\`\n${headers.join('\n')}\n\n${text}\`\`\``;
}

function instructions(): string {
  const pending = (name: string) => `/var/lib/mesh-cert-monitor/pending/integration-5f3a9c0e7b1d4862/${name}`;
  const authority = (commonName: string) =>
    certificateFacts({ subject: { text: `CN=${commonName}`, canonical: commonName, commonName } });
  const path = [issued, authority('NHS INT Authentication G2'), authority('NHS PTL Root Authority G2')];
  const files = {
    certificate: pending('client.pem'),
    privateKey: pending('private_key-a1b2c3d4.pem'),
    caBundle: pending('ca_bundle.pem'),
    instructions: pending('INSTRUCTIONS.txt'),
  };
  return deploymentInstructions(integration, files, { certificate: issued, path, newPassphrase: false });
}

// The blocks of docs/renewal.md: what the states mean, and the messages as the program writes them for one fixed renewal.
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
import type { Block, Blocks } from './blocks.ts';
import {
  certificateFacts,
  environmentOf,
  from,
  issued,
  lastDayToAsk,
  later,
  recordFor,
  requestFor,
} from './example-renewal.ts';
import { table } from './markdown.ts';

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

const toTheDesk = 'src/renewal/mail/request-message.ts';
const toTheContact = 'src/renewal/mail/contact-messages.ts';
const message = (source: string, render: () => Message): Block => ({ from: source, render: () => shown(render()) });

export const renewalBlocks: Blocks = {
  states: {
    from: 'scripts/docs/renewal.ts',
    render: () =>
      table(
        ['state', 'means', 'what to do'],
        renewalStates.map((state) => [`\`${state}\``, meanings[state].means, meanings[state].next]),
      ),
  },
  request: message(toTheDesk, () => renderRequest(requestFor(production))),
  review: message(toTheContact, () => renderReview(renderRequest(requestFor(production)), context)),
  reminder: message(toTheContact, () => renderReminder(context, lastDayToAsk)),
  uncertain: message(toTheContact, () => renderUncertain(context)),
  closing: message(toTheContact, () => renderClosing(context, issued)),
  instructions: {
    from: 'src/renewal/issued/deployment-instructions.ts',
    render: () => `\`\`\`\n${instructions()}\`\`\``,
  },
};

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

// The blocks of docs/renewal.md: what the states mean, and the messages that the program writes for one fixed renewal.
import {
  deploymentInstructions,
  type Message,
  renderClosing,
  renderReminder,
  renderRequest,
  renderReview,
  renderUncertain,
  renderUnsent,
  renewalStates,
  stateCatalogue,
} from '../../src/renewal/index.ts';
import { literal } from '../../src/text/index.ts';
import type { Block, Blocks } from './blocks.ts';
import {
  certificateFacts,
  environmentOf,
  from,
  issued,
  lastDayToAsk,
  later,
  named,
  recordFor,
  requestFor,
} from './example-renewal.ts';
import { table } from './markdown.ts';

const production = environmentOf('production');
const integration = environmentOf('integration', {
  credential: {
    kind: 'pem',
    certificate: { kind: 'file', path: '/etc/mesh/client.pem' },
    privateKey: { kind: 'file', path: '/etc/mesh/private_key.pem' },
    caBundle: { kind: 'file', path: '/etc/mesh/ca_bundle.pem' },
  },
});
const context = {
  environment: production,
  from,
  record: recordFor(production),
  configurationFile: '/etc/mesh/mesh-cert-monitor.yaml',
  now: later,
};

const notEnclosed = literal(
  'The desk rejects a request without the technical conformance certificate: add it to renewal.enclose',
);

const toTheDesk = 'src/renewal/mail/request-message.ts';
const toTheContact = 'src/renewal/mail/contact-messages.ts';
const message = (source: string, render: () => Message): Block => ({ from: source, render: () => shown(render()) });

export const renewalBlocks: Blocks = {
  states: {
    from: 'src/renewal/states.ts',
    render: () =>
      table(
        ['state', 'means', 'what to do'],
        renewalStates.map((state) => [`\`${state}\``, stateCatalogue[state].meaning, stateCatalogue[state].remedy]),
      ),
  },
  request: message(toTheDesk, () => renderRequest(requestFor(production))),
  review: message(toTheContact, () => renderReview(renderRequest(requestFor(production)), context)),
  reminder: message(toTheContact, () => renderReminder(context, lastDayToAsk)),
  uncertain: message(toTheContact, () => renderUncertain(context)),
  unsent: message(toTheContact, () =>
    renderUnsent({ ...context, record: recordFor(production, { lastError: notEnclosed }) }, lastDayToAsk),
  ),
  closing: message(toTheContact, () =>
    renderClosing({ ...context, record: recordFor(production, { acceptedAt: later }) }, issued),
  ),
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
  const authority = (commonName: string) => certificateFacts({ subject: named(commonName) });
  const path = [issued, authority('NHS INT Authentication G2'), authority('NHS PTL Root Authority G2')];
  const files = {
    certificate: pending('client.pem'),
    privateKey: pending('private_key-a1b2c3d4.pem'),
    caBundle: pending('ca_bundle.pem'),
    instructions: pending('INSTRUCTIONS.txt'),
  };
  return deploymentInstructions(integration, files, { certificate: issued, path, newPassphrase: false });
}

/** A change in what is known of an environment, and how it is written for the receiver of the webhook. Pure. */
import { createHash, createHmac } from 'node:crypto';
import type { Status } from '../findings/index.ts';
import type { Secret } from '../sources/index.ts';
import { causeOf, type EnvironmentStatus } from '../status/index.ts';
import { escaped, jsonText, type SafeText, say } from '../text/index.ts';
import { daysUntil, rfc3339, timeLeft, unixSeconds } from '../time/index.ts';

export type WebhookFormat = 'json' | 'teams' | 'slack';

/** What the receiver was told last. */
export interface LastTold {
  readonly status: Status;
  /** The code of the finding that is the cause; empty if there is none. */
  readonly cause: string;
  readonly at: Date;
}

export interface Transition {
  readonly status: EnvironmentStatus;
  readonly from?: LastTold;
  readonly estate?: string;
}

/** Nobody is told that an environment is well which nobody was told about. */
export function isNews(status: EnvironmentStatus, last: LastTold | undefined): boolean {
  if (!last) return status.status !== 'ok';
  return last.status !== status.status || last.cause !== causeOf(status);
}

/** The body of the request, in JSON. Everything in it is escaped, whoever wrote it. */
export function bodyOf(transition: Transition, format: WebhookFormat, now: Date): SafeText {
  if (format === 'teams') return jsonText(teamsBody(transition, now));
  return jsonText(format === 'slack' ? slackBody(transition, now) : plainBody(transition, now));
}

function plainBody({ estate, from, status }: Transition, now: Date) {
  const { application, diagnosis, expiresAt, mailboxId, name, odsCode, status: to } = status;
  const { cause, command, firstAction, headline } = diagnosis;
  return {
    version: 1,
    event: 'status_changed',
    // The same when it is sent again, so that a receiver can tell.
    id: createHash('sha256')
      .update(JSON.stringify([name, from?.at ?? null, to, causeOf(status)]))
      .digest('hex')
      .slice(0, 32),
    time: rfc3339(now),
    ...(estate === undefined ? {} : { estate: escaped(estate) }),
    environment: escaped(name),
    application: escaped(application),
    odsCode: escaped(odsCode),
    mailboxId: escaped(mailboxId),
    from: from?.status ?? null,
    to,
    cause: cause?.code ?? null,
    headline,
    firstAction,
    ...(command === undefined ? {} : { command }),
    ...(expiresAt ? { expiresAt: rfc3339(expiresAt), daysLeft: daysUntil(expiresAt, now) } : {}),
  };
}

/** What it was is said only if it was something else: the cause alone may have changed. */
function title({ from, status }: Transition): SafeText {
  const was = from && from.status !== status.status ? ` (was ${from.status.toUpperCase()})` : '';
  return say`MESH ${status.name}: ${status.status.toUpperCase()}${was}`;
}

function lines({ status }: Transition, now: Date): SafeText[] {
  const { application, diagnosis, expiresAt, mailboxId } = status;
  const expiry = expiresAt ? say`, ${timeLeft(expiresAt, now)}` : '';
  return [
    say`${diagnosis.headline}.`,
    ...(diagnosis.cause ? [say`Do first: ${diagnosis.firstAction}`] : []),
    say`${application}, mailbox ${mailboxId}${expiry}`,
  ];
}

/** An Adaptive Card for a Teams workflow. Runs of rich text, because in a text block Markdown in a name would count. */
function teamsBody(transition: Transition, now: Date) {
  const run = (text: SafeText, more: object = {}) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text, ...more }],
  });
  const colour = { ok: 'Good', warning: 'Warning', critical: 'Attention' }[transition.status.status];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      run(title(transition), { weight: 'Bolder', color: colour }),
      ...lines(transition, now).map((each) => run(each)),
    ],
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

/** Plain text in a block, because Slack reads links and mentions in everything else. */
function slackBody(transition: Transition, now: Date) {
  const most = 2900;
  const text = [title(transition), ...lines(transition, now)].join('\n').slice(0, most);
  return {
    text: title(transition).replace(/[&<>]/g, ' '),
    blocks: [{ type: 'section', text: { type: 'plain_text', text, emoji: false } }],
  };
}

/**
 * HMAC-SHA-256 (RFC 2104) over `TIMESTAMP.BODY`, so that a request that was recorded cannot be sent again later.
 * @returns headers; the timestamp is Unix time in seconds
 */
export function signatureHeaders(body: string, secret: Secret, now: Date): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(unixSeconds(now)));
  const signature = createHmac('sha256', secret.reveal()).update(`${timestamp}.${body}`).digest('hex');
  return { 'X-Mesh-Cert-Monitor-Timestamp': timestamp, 'X-Mesh-Cert-Monitor-Signature': `sha256=${signature}` };
}

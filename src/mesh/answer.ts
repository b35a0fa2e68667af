/** Whether an HTTP answer is MESH's own yes, and if not, which reason it is. Pure. */
import type { Probe } from '../config/index.ts';
import { condensed, type SafeText, type Untrusted } from '../text/index.ts';
import type { Failure } from './failure.ts';
import type { HandshakeReason } from './types.ts';

export interface Answer {
  readonly status: number;
  readonly body: Untrusted;
  /** False when the body went on beyond the bound. */
  readonly complete: boolean;
}

/** MESH API specification: 200 and, under v2, no body; `{"mailboxId": …}` under v1. A ping says that it is running. */
export function failureOfAnswer(probe: Probe, mailboxId: string, answer: Answer): Failure | undefined {
  const { status, complete } = answer;
  const body = answer.body.raw();
  if (status !== 200) {
    const reason = reasonOfStatus(status, probe);
    return { reason, detail: `HTTP ${status}${hint(status)}${quoted(body)}` };
  }
  const accepted = probe === 'ping' ? saysRunning(body) : body === '' || namesMailbox(body, mailboxId);
  if (complete && accepted) return undefined;
  const what = complete ? 'with a body that is not MESH’s' : 'with a body that does not end';
  return { reason: 'unexpected_response', detail: `HTTP 200 ${what}${quoted(body)}` };
}

function reasonOfStatus(status: number, probe: Probe): HandshakeReason {
  if (status === 400) return 'bad_request';
  if (status === 403) return 'authentication_failed';
  // A ping names no mailbox.
  if (status === 404 && probe === 'validate') return 'mailbox_unknown';
  if (status === 425 || status === 429) return 'rate_limited';
  return status >= 500 && status <= 599 ? 'server_error' : 'unexpected_response';
}

function hint(status: number): string {
  return status === 400 ? ', which HSCN endpoints also answer when they refuse the client certificate' : '';
}

function saysRunning(body: string): boolean {
  return field(body, 'status') === 'running';
}

function namesMailbox(body: string, mailboxId: string): boolean {
  const named = field(body, 'mailboxId');
  return typeof named === 'string' && named.toUpperCase() === mailboxId.toUpperCase();
}

function field(body: string, name: string): unknown {
  return fields(parsed(body))[name];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** MESH's errors: `{"detail":[{"msg":…}]}` under v2, `{"errorDescription":…}` under v1; a header it misses is in `loc`. */
function messagesIn(body: string): string {
  const { detail, errorDescription } = fields(parsed(body));
  const messages = (Array.isArray(detail) ? detail : []).map((each) => {
    const { loc, msg } = fields(each);
    return [Array.isArray(loc) ? loc.join(' ') : '', msg].filter((part) => typeof part === 'string' && part !== '');
  });
  const texts = [...messages.map((parts) => parts.join(': ')), errorDescription];
  return texts.filter((text) => typeof text === 'string' && text !== '').join('; ');
}

const quotedCharacters = 200;

/** The beginning of what a server wrote, without markup. It proves nothing. */
function quoted(body: string): string {
  const text = plain(messagesIn(body) || body);
  return text === '' ? '' : `: ${text}`;
}

function plain(text: string): SafeText {
  const words = text.replace(/<(script|style)\b.*?(<\/\1>|$)/gis, ' ').replace(/<[^>]*>/g, ' ');
  return condensed(words, quotedCharacters);
}

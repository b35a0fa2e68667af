/** Whether an HTTP answer is MESH's own acceptance, and if not, for which reason. Pure. */
import type { Probe } from '../../config/index.ts';
import { plural } from '../../text/index.ts';
import type { Answer } from '../http/request.ts';
import type { HandshakeReason } from '../types.ts';
import type { Failure } from './circumstances.ts';
import type { ClientFacts } from './client.ts';
import { field, isMeshError, quoted } from './page-text.ts';
import { ofRefusingPage } from './refusing-page.ts';

export interface Asked {
  readonly probe: Probe;
  readonly mailboxId: string;
  /** What we presented. Absent if nothing. */
  readonly client?: ClientFacts;
  readonly now: Date;
}

/** The answer with the text of its body, which is only compared and quoted here. */
type Reply = Omit<Answer, 'body'> & { readonly body: string };

/** MESH API specification: 200 and, under v2, no body; `{"mailboxId": …}` under v1. A ping says that MESH is running. */
export function failureOfAnswer(asked: Asked, answer: Answer): Failure | undefined {
  const reply: Reply = { ...answer, body: answer.body.raw() };
  if (reply.status !== 200) return refused(asked, reply);
  const { body, fault } = reply;
  const accepted =
    asked.probe === 'ping' ? field(body, 'status') === 'running' : body === '' || namesMailbox(body, asked.mailboxId);
  if (fault === undefined && accepted) return undefined;
  const what = fault ?? 'with a body that is not MESH’s';
  return { reason: 'unexpected_response', detail: `HTTP 200 ${what}${quoted(body)}` };
}

function namesMailbox(body: string, mailboxId: string): boolean {
  const named = field(body, 'mailboxId');
  return typeof named === 'string' && named.toUpperCase() === mailboxId.toUpperCase();
}

function refused(asked: Asked, reply: Reply): Failure {
  const { status, body, fault } = reply;
  const page = isMeshError(body) ? undefined : ofRefusingPage(status, body, asked);
  // By the contract of the reasons a 400 is bad_request, whatever sent it.
  if (page) return status === 400 ? { ...page, reason: 'bad_request' } : page;
  const known = byStatus[status] ?? (status >= 500 && status <= 599 ? serverError : stranger);
  const { reason, what = '', remedy } = known(asked, reply);
  const unread = body === '' && fault !== undefined ? `, ${fault}` : '';
  return {
    reason,
    detail: `HTTP ${status}${what}${unread}${quoted(body)}`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

interface Verdict {
  readonly reason: HandshakeReason;
  /** Follows the status. */
  readonly what?: string;
  readonly remedy?: string;
}
type Judge = (asked: Asked, reply: Reply) => Verdict;

const stranger: Judge = (_, { leadsTo }) => ({
  reason: 'unexpected_response',
  ...(leadsTo ? { what: `, a redirect to ${leadsTo}` } : {}),
});

const inFront =
  'Find out what answered: a gateway, firewall or portal in front of MESH, or one of your own. Calls must come from a UK address: give the service desk the address that this machine calls from, and the time.';

const badRequest: Judge = (_, { body }) =>
  isMeshError(body)
    ? {
        reason: 'bad_request',
        remedy:
          'Ask the network team whether a proxy removes or changes HTTP headers. If none does, report the detail as a bug in this program.',
      }
    : { reason: 'bad_request', what: ', which HSCN endpoints also send when they refuse the client certificate' };

/** MESH refuses with an error of its own or with no body at all. Any other 403 comes from something in front of it. */
const forbidden: Judge = ({ probe }, { body, fault }) => {
  if (probe === 'ping') {
    return { reason: 'unexpected_response', what: ' to a ping, which needs no authorization', remedy: inFront };
  }
  if (isMeshError(body)) return { reason: 'authentication_failed' };
  if (body === '') {
    return {
      reason: 'authentication_failed',
      ...(fault === undefined ? { what: ' without a body' } : {}),
      remedy:
        'Check the mailbox ID, password and shared key of this environment. If they are right, something in front of MESH may have answered: calls must come from a UK address.',
    };
  }
  return {
    reason: 'unexpected_response',
    what: ' from something in front of MESH, not from MESH itself',
    remedy: inFront,
  };
};

/** A ping does not name a mailbox. */
const notFound: Judge = ({ probe }, { body }) => {
  if (probe === 'ping') return { reason: 'unexpected_response' };
  if (body === '' || isMeshError(body)) return { reason: 'mailbox_unknown' };
  return {
    reason: 'mailbox_unknown',
    remedy: 'Check `mesh.url` first: the page that answered is not one of MESH’s. Then check `mesh.mailbox_id`.',
  };
};

const slowDown: Judge = (_, { retryAfterSeconds }) => ({
  reason: 'rate_limited',
  ...(retryAfterSeconds === undefined
    ? {}
    : { what: `, with a request to wait ${plural(retryAfterSeconds, 'second')}` }),
});

const serverError: Judge = (_, { status, body }) => {
  if (isMeshError(body) || ![502, 503, 504].includes(status)) return { reason: 'server_error' };
  return {
    reason: 'server_error',
    what: ' from a gateway in front of MESH, which cannot reach it or is out of service',
  };
};

const byStatus: Readonly<Record<number, Judge>> = {
  400: badRequest,
  401: () => ({
    reason: 'unexpected_response',
    what: ', which MESH never sends: something in front of it wants somebody to sign in',
  }),
  403: forbidden,
  404: notFound,
  407: () => ({ reason: 'unexpected_response', what: ': a proxy that is not in the configuration wants credentials' }),
  421: () => ({
    reason: 'unexpected_response',
    what: ': the server does not serve this host name over this connection',
    remedy: 'In `mesh.url`, use the host name under which the environment is documented, not an alias.',
  }),
  425: slowDown,
  429: slowDown,
  // RFC 6585 §6: only a device that intercepts sends it, although by its number it is the server's fault.
  511: () => ({
    reason: 'server_error',
    what: ': something in front of MESH wants somebody to sign in to the network',
    remedy:
      'Ask the network team to let this machine through without signing in at a portal: MESH itself is not at fault.',
  }),
};

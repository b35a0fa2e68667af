/** What a server wrote, made fit to quote: no markup, no control characters, bounded. It proves nothing. */
import { condensed } from '../../text/index.ts';

const quotedCharacters = 200;

/** `: beginning of the text…`, or empty. */
export function quoted(body: string): string {
  const text = plain((isMeshError(body) && messagesIn(body)) || body);
  return text === '' ? '' : `: ${text}`;
}

/**
 * Whether it is an error in MESH's own form: `{"detail":[{"msg":…}]}` under v2, `{"errorDescription":…}` under v1, or with MESH's `internal_id`.
 */
export function isMeshError(body: string): boolean {
  const { detail, errorDescription, internal_id } = fields(parsed(body));
  const texts = [
    errorDescription,
    internal_id,
    ...(Array.isArray(detail) ? detail : []).map((each) => fields(each).msg),
  ];
  return texts.some((text) => typeof text === 'string');
}

export function field(body: string, name: string): unknown {
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

/** MESH's errors, with the code that its service desk asks for. `loc` names a missing header. */
function messagesIn(body: string): string {
  const { detail, errorCode, errorDescription } = fields(parsed(body));
  const messages = (Array.isArray(detail) ? detail : []).map((each) => {
    const { code, loc, msg } = fields(each);
    return [code, Array.isArray(loc) ? loc.join(' ') : '', msg];
  });
  return joined(
    [...messages, [errorCode, errorDescription]].map((parts) => joined(parts, ': ')),
    '; ',
  );
}

const joined = (parts: readonly unknown[], separator: string): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(separator);

function plain(text: string): string {
  const words = text.replace(/<(script|style)\b.*?(<\/\1>|$)/gis, ' ').replace(/<[^>]*>/g, ' ');
  return condensed(withoutQueries(words), quotedCharacters);
}

/** A page that redirects often says where to, and a URL's user, query and fragment may hold tokens. */
const withoutQueries = (text: string): string =>
  text.replace(/(\bhttps?:\/\/)[^\s/?#]*@/gi, '$1').replace(/((?:\bhttps?:\/)?\/[^\s?#]*)[?#]\S+/gi, '$1?…');

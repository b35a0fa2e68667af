/** What a mail server said, fit for a log, a page and an email: one line, limited, printable, and never the password. */
import type { Secret } from '../../config/index.ts';
import { condensed, literal, type SafeText, say, type Untrusted } from '../../text/index.ts';

const mostCharacters = 300;
/** Only the beginning is shown, so the rest is not read. */
const mostRead = 4096;
/** This many consecutive characters of a password count as an echo of it. */
const echoCharacters = 8;
/** In a long token, not every starting point is tried. */
const mostParts = 256;

export interface Reply {
  /** The reply code (RFC 5321 §4.2). */
  readonly code: number;
  /** Code and enhanced status code (RFC 3463), such as `550 5.7.1`. */
  readonly status: string;
}

/** Undefined if it does not begin like a reply. */
export function parseReply(text: string): Reply | undefined {
  const [, code, enhanced] = /^(\d{3})(?:[ -](?:([245]\.\d{1,3}\.\d{1,3})(?=\s|$))?|$)/.exec(text) ?? [];
  if (code === undefined) return undefined;
  return { code: Number(code), status: enhanced === undefined ? code : `${code} ${enhanced}` };
}

/** @param said - a whole reply, its lines separated by LF. */
export function wordsOf(said: Untrusted, password: Secret | undefined): SafeText {
  const reply = parseReply(said.raw());
  if (!reply) return literal('something that is not an SMTP reply');
  const line = onOneLine(said.raw().slice(0, mostRead));
  if (password && repeats(line, password.reveal()))
    return say`${reply.status} (text withheld because it contains the password)`;
  return condensed(line, mostCharacters);
}

/** Only the first line's code says anything new. */
function onOneLine(text: string): string {
  const [first = '', ...others] = text.split(/\r?\n/);
  return [first.replace(/^(\d{3})-/, '$1 '), ...others.map((line) => line.replace(/^\d{3}[ -]/, ''))].join(' ');
}

/** Whether part of the secret is in the text, plain or encoded, in any case and however it is folded. */
function repeats(text: string, secret: string): boolean {
  const wanted = bare(secret);
  if (wanted === '') return false;
  const starts = Math.max(1, wanted.length - echoCharacters + 1);
  const step = Math.ceil(starts / mostParts);
  const parts = Array.from({ length: Math.ceil(starts / step) }, (_, index) =>
    wanted.slice(index * step, index * step + echoCharacters),
  );
  const once = [text, ...decodings(text)];
  return [...once, ...once.slice(1).flatMap(decodings)].some((each) => {
    const within = bare(each);
    return parts.some((part) => within.includes(part));
  });
}

const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\p{C}\p{Z}]+/gu, '')
    .toLowerCase();

/** The text decoded in every way: percent, quoted-printable, xtext (RFC 3461 §4), character references, hexadecimal and base64. */
function decodings(text: string): string[] {
  const whole = text.replace(/[\p{C}\p{Z}]+/gu, '');
  const octets = whole.replace(/(?:[%=+]|\\x)([0-9a-f]{2})/gi, (_, hex: string) => latin1(hex, 'hex'));
  const references = whole
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,7});/g, (_, decimal: string) => character(Number(decimal)))
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => character(Number.parseInt(hex, 16)));
  const hex = whole.replace(/[:,.-]|0x/gi, '').match(/[0-9a-f]{4,}/gi) ?? [];
  const base64 = whole.match(/[A-Za-z0-9+/_-]{4,}/g) ?? [];
  return [
    utf8(octets),
    references,
    ...hex.flatMap((run) => [0, 1].map((start) => utf8(latin1(run.slice(start), 'hex')))),
    ...base64.flatMap((run) => [0, 1, 2, 3].map((start) => utf8(latin1(run.slice(start), 'base64')))),
  ];
}

const latin1 = (text: string, encoding: 'hex' | 'base64') => Buffer.from(text, encoding).toString('latin1');
const utf8 = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');
const character = (code: number) => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

import { type Document, type ErrorCode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Problem } from '../problems.ts';
import { maxAliasCount } from './anchors.ts';

/**
 * The library's own messages quote the file, which can contain secrets. These say the same without quoting.
 * YAML 1.2.2 is the standard.
 */
const messages: Record<Fault['code'], string> = {
  ALIAS_IN_ITSELF: 'this alias is inside the value that it stands for',
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'this alias has no anchor before it; put text that begins with * in quotes',
  BAD_COLLECTION_TYPE: 'the tag does not suit this value',
  BAD_DIRECTIVE: 'unknown directive; put text that begins with % in quotes',
  BAD_DQ_ESCAPE: 'unknown escape after \\ in double quotes; text in single quotes is taken as it is',
  BAD_INDENT: 'wrong indentation',
  BAD_PROP_ORDER: 'anchors and tags go before the value',
  BAD_SCALAR_START: 'put text that begins with this character in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping must start on its own line; put text that contains ": " in quotes',
  BLOCK_IN_FLOW: 'a block cannot be inside { } or [ ]',
  DUPLICATE_KEY: 'this key is already set above',
  IMPOSSIBLE: 'not YAML',
  KEY_OVER_1024_CHARS: 'a key can have at most 1024 characters; is a closing quote missing?',
  MISSING_CHAR: 'a character is missing here or above: a closing quote or bracket, a comma, or the space after a colon',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value can have only one anchor',
  MULTIPLE_DOCS: 'a second document starts here; the file can contain only one',
  MULTIPLE_TAGS: 'a value can have only one tag',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'indented with a tab; YAML allows only spaces',
  TAG_RESOLVE_FAILED: 'unknown tag; put text that begins with ! in quotes',
  UNEXPECTED_TOKEN: 'unexpected text here; put text with special characters in quotes',
};

/** The value of the document, or everything that is wrong. */
export type Read = { readonly value: unknown } | { readonly problems: readonly Problem[] };

interface Fault {
  readonly code: ErrorCode | 'ALIAS_IN_ITSELF';
  readonly offset: number;
}

/** All of YAML, with the place of every error. */
export function readByLibrary(text: string): Read {
  if (isNestedTooDeeply(text)) return refused(messages.RESOURCE_EXHAUSTION);
  try {
    return read(text);
  } catch (error) {
    // The parser calls itself once for each level.
    if (error instanceof RangeError) return refused(messages.RESOURCE_EXHAUSTION);
    throw error;
  }
}

/** No configuration has more than ten levels, and no text in one has so many brackets that are not closed. */
const mostLevels = 1_000;

/** Before the parser, which takes seconds for what a glance can tell: brackets that open, and `- - -` or `? ? ?` on one line. */
function isNestedTooDeeply(text: string): boolean {
  if (['- ', '? '].some((level) => text.includes(level.repeat(mostLevels)))) return true;
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open += bracket === '[' || bracket === '{' ? 1 : -1;
    if (open > mostLevels) return true;
    if (open < 0) open = 0;
  }
  return false;
}

function read(text: string): Read {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    merge: true,
    resolveKnownTags: false,
    // The library compares each key with every other, which takes minutes with a hundred thousand.
    uniqueKeys: false,
  });
  const said = [...document.errors, ...document.warnings].map(({ code, pos }) => ({ code, offset: pos[0] }));
  let faults: readonly Fault[] = [...said, ...repeatedKeys(document)];
  if (faults.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return refused(messages.RESOURCE_EXHAUSTION);
  if (faults.length === 0) faults = unresolvedAliases(document);
  if (faults.length > 0) return { problems: firstOfEachLine(faults, lineCounter) };
  try {
    return { value: document.toJS({ maxAliasCount }) };
  } catch {
    // Only aliases and merges can still go wrong here, and the library's errors do not include a position.
    return refused('its aliases (*) or merges (<<) expand too far, or do not name a mapping');
  }
}

const refused = (message: string) => ({ problems: [{ path: '', message }] });

/** One mistake can cause more errors on the same line, so only the first error on a line is reported. */
function firstOfEachLine(faults: readonly Fault[], lineCounter: LineCounter): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const { code, offset } of faults.toSorted((a, b) => a.offset - b.offset)) {
    const { line, col } = lineCounter.linePos(offset);
    if (!byLine.has(line)) byLine.set(line, { path: `line ${line}, column ${col}`, message: messages[code] });
  }
  return [...byLine.values()];
}

function repeatedKeys(document: Document.Parsed): Fault[] {
  const found: Fault[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) found.push({ code: 'DUPLICATE_KEY', offset: key.range?.[0] ?? 0 });
        keys.add(key.value);
      }
    },
  });
  return found;
}

/** The parser leaves these to the conversion, which does not know the line and lets a value contain itself. */
function unresolvedAliases(document: Document.Parsed): Fault[] {
  const anchors = new Map<string, Node>();
  const found: Fault[] = [];
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias: (_, { source, range }, ancestors) => {
      const meant = anchors.get(source);
      if (meant && !ancestors.includes(meant)) return;
      found.push({ code: meant ? 'ALIAS_IN_ITSELF' : 'BAD_ALIAS', offset: range?.[0] ?? 0 });
    },
  });
  return found;
}

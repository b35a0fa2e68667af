import { type ErrorCode, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problems.ts';

/**
 * The library's own messages quote the file, and the file may hold secrets: these say the same without quoting.
 * YAML 1.2.2 is the standard.
 */
const messages: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag',
  BAD_ALIAS: 'this alias has no anchor before it; text that begins with * goes in quotes',
  BAD_COLLECTION_TYPE: 'the tag does not suit this value',
  BAD_DIRECTIVE: 'unknown directive; text that begins with % goes in quotes',
  BAD_DQ_ESCAPE: 'unknown escape after \\ in double quotes; single quotes take text as it is',
  BAD_INDENT: 'wrong indentation',
  BAD_PROP_ORDER: 'anchors and tags stand before the value',
  BAD_SCALAR_START: 'text that begins with this character goes in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping must start on a line of its own; text with ": " in it goes in quotes',
  BLOCK_IN_FLOW: 'a block cannot stand inside { } or [ ]',
  DUPLICATE_KEY: 'this key is already set above',
  IMPOSSIBLE: 'not YAML',
  KEY_OVER_1024_CHARS: 'a key has at most 1024 characters; is a quote not closed?',
  MISSING_CHAR: 'a character is missing here: a closing quote or bracket, a comma, or the space after a colon',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value has at most one anchor',
  MULTIPLE_DOCS: 'one document only: a second one starts here',
  MULTIPLE_TAGS: 'a value has at most one tag',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'indented with a tab; YAML takes spaces only',
  TAG_RESOLVE_FAILED: 'unknown tag; text that begins with ! goes in quotes',
  UNEXPECTED_TOKEN: 'unexpected text here; text with special characters goes in quotes',
};

/** Aliases that an estate of thousands needs to share a contact, and still far from what an alias bomb multiplies to. */
const maxAliasCount = 20_000;

/** JSON is YAML. `<<` merges a mapping, so that environments can share what they have in common. */
export function parseYaml(text: string): { value: unknown } | { problems: readonly Problem[] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, merge: true });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return {
      problems: faults
        .slice(0, 20)
        .map(({ code, pos }) => ({ path: place(lineCounter, pos[0]), message: messages[code] })),
    };
  }
  try {
    return { value: document.toJS({ maxAliasCount }) };
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError)
      return { problems: [{ path: '', message: 'not read: its aliases multiply beyond reason' }] };
    throw error;
  }
}

function place(lineCounter: LineCounter, offset: number): string {
  const { line, col } = lineCounter.linePos(offset);
  return `line ${line}, column ${col}`;
}

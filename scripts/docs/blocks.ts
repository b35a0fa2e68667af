/**
 * Generated blocks inside a page whose prose is written by hand. In the page, a block is
 *
 *     <!-- generated: NAME --> … <!-- end: NAME -->
 *
 * on its own lines or within a line. The text between the marks is replaced, and the first mark is completed with the file
 * that contains the words (`from src/…`), so that readers know which file to open.
 */
export interface Block {
  /** The file or folder that the block is generated from. */
  readonly from: string;
  /** Markdown. */
  readonly render: () => string;
}

/** The blocks of one page, by name. */
export type Blocks = Readonly<Record<string, Block>>;

export interface Filled {
  readonly text: string;
  /** What is wrong with the page's marks, each with file and line. Use the text only if this is empty. */
  readonly problems: readonly string[];
}

interface Mark {
  readonly kind: 'generated' | 'end';
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

const anyMark = /<!--\s*(?:generated|end)\b.*?-->/gs;
const rightMark = /^<!-- (?:(generated): ([\w-]+)(?: from \S+)?|(end): ([\w-]+)) -->$/;

/** The page with every block rendered again, or what is wrong with its marks. */
export function fill(page: string, text: string, blocks: Blocks): Filled {
  const problems: string[] = [];
  const pieces: string[] = [];
  const met = new Set<string>();
  let open: Mark | undefined;
  let copied = 0;
  for (const mark of marksOf(text)) {
    const problem = typeof mark === 'string' ? mark : wrong(mark, open, blocks);
    if (problem) problems.push(`${page}:${problem}`);
    if (typeof mark === 'string') continue;
    const block = blocks[mark.name];
    if (mark.kind === 'end' && open?.name === mark.name && block) {
      pieces.push(text.slice(copied, open.start), rendered(open, block, text));
      copied = mark.start;
    }
    open = mark.kind === 'generated' ? mark : undefined;
    met.add(mark.name);
  }
  if (open) problems.push(`${page}:${open.line}: the block "${open.name}" has no <!-- end: ${open.name} -->`);
  for (const name of Object.keys(blocks)) {
    if (!met.has(name)) problems.push(`${page}: lacks <!-- generated: ${name} --> <!-- end: ${name} -->`);
  }
  return { text: pieces.join('') + text.slice(copied), problems };
}

/** A mark, or the line and the problem of something that was meant as one. */
function* marksOf(text: string): Generator<Mark | string> {
  for (const { 0: found, index } of text.matchAll(anyMark)) {
    const line = text.slice(0, index).split('\n').length;
    const [, begins, beginning, , ending] = rightMark.exec(found) ?? [];
    const name = beginning ?? ending;
    if (name === undefined) yield `${line}: "${found}" is neither <!-- generated: NAME --> nor <!-- end: NAME -->`;
    else yield { kind: begins ? 'generated' : 'end', name, start: index, end: index + found.length, line };
  }
}

function wrong({ kind, name, line }: Mark, open: Mark | undefined, blocks: Blocks): string | undefined {
  if (kind === 'end')
    return open?.name === name ? undefined : `${line}: "${name}" ends here, but does not begin before`;
  if (open) return `${line}: "${name}" begins inside "${open.name}" (line ${open.line})`;
  if (blocks[name]) return undefined;
  const known = Object.keys(blocks).join(', ') || 'none';
  return `${line}: nothing renders the block "${name}"; those of this page: ${known}`;
}

function rendered(mark: Mark, { from, render }: Block, text: string): string {
  const ownLine = mark.start === 0 || text[mark.start - 1] === '\n';
  const content = ownLine ? `\n\n${render().trim()}\n\n` : render();
  return `<!-- generated: ${mark.name} from ${from} -->${content}`;
}

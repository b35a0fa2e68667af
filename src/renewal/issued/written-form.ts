/** PEM as it is written at a place now, so that whoever reads it there can read the new one. Pure. */
import { readPem } from '../../x509/index.ts';

interface Written {
  /** `escaped`: on one line, with its line breaks written as \n. `base64`: of PEM. */
  readonly form: 'pem' | 'escaped' | 'base64';
  readonly pem: string;
}

const begin = '-----BEGIN ';
const escapedBreak = /(?<!\\)\\n/g;

function written(content: Buffer): Written | undefined {
  const text = content.toString('latin1');
  if (text.includes(begin)) {
    const isEscaped = !text.trim().includes('\n') && text.search(escapedBreak) !== -1;
    return isEscaped ? { form: 'escaped', pem: text.replace(escapedBreak, '\n') } : { form: 'pem', pem: text };
  }
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return decoded.trimStart().startsWith(begin) ? { form: 'base64', pem: decoded } : undefined;
}

/** The labels of what is there, in order. Undefined if it is not PEM in a form that is known. */
export function labelsAt(content: Buffer): string[] | undefined {
  const known = written(content);
  return known && readPem(known.pem).map(({ label }) => label);
}

/** `pem` in the form that `before` has. */
export function inFormOf(before: Buffer, pem: Buffer): Buffer {
  switch (written(before)?.form) {
    case 'escaped':
      return Buffer.from(pem.toString('latin1').replaceAll('\n', '\\n'), 'latin1');
    case 'base64':
      return Buffer.from(pem.toString('base64'), 'latin1');
    default:
      return pem;
  }
}

/** Whether both have the same blocks in the same order, whatever the form and the text around them. */
export function sameBlocks(one: Buffer, other: Buffer): boolean {
  const [a = [], b = []] = [one, other].map((content) => readPem(written(content)?.pem ?? ''));
  return a.length > 0 && a.length === b.length && a.every(({ bytes }, index) => same(bytes, b[index]?.bytes));
}

const same = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;

// The blocks of docs/handshake.md about real servers, from the last full run of `npm run matrix -- --write`.
import { readFileSync } from 'node:fs';
import type { Blocks } from './blocks.ts';

export const recordPath = 'docs/handshake-matrix.json';

/** What we say, in the same words, of one or more servers. */
export interface Verdict {
  /** `success`, a reason, `accepted` or `not offered`. */
  readonly outcome: string;
  readonly detail?: string;
  readonly remedy?: string;
  /** Whether the server asked for a client certificate. */
  readonly requested?: boolean;
  /** Whether NHS England's client got through. Absent where it was not asked. */
  readonly official?: 'success' | 'failure';
  /** `nginx 1.2`: server and TLS version, in the order of the run. */
  readonly fronts: readonly string[];
}

export interface MatrixRecord {
  /** `2026-11-26`. */
  readonly date: string;
  /** Program and version, in the order of the run. */
  readonly programs: Readonly<Record<string, string>>;
  /** By fault. */
  readonly faults: Readonly<Record<string, readonly Verdict[]>>;
}

export interface Difference {
  readonly fault: string;
  readonly ours: 'success' | 'failure';
  readonly why: string;
}

/** Where we and NHS England's client come to different ends, and why that is right. The matrix complains about every other difference. */
export const explainedDifferences: readonly Difference[] = [
  {
    fault: 'the server’s certificate has no SAN, and the right common name',
    ours: 'success',
    why: 'NHS England’s client accepts a common name only from the HSCN addresses that it knows (`*.ncrs.nhs.uk`). We accept it from any server whose certificate has no SAN at all, because HSCN hosts have other names too, and add a note to the success.',
  },
  {
    fault: 'the server asks for the certificate after the handshake',
    ours: 'failure',
    why: 'Under TLS 1.3 this needs post-handshake authentication, which Python offers and Node does not. The remedy is `mesh.tls_max: "1.2"`.',
  },
];

export function readRecord(): MatrixRecord {
  return JSON.parse(readFileSync(recordPath, 'utf8')) as MatrixRecord;
}

export const matrixBlocks: Blocks = {
  matrix: {
    from: recordPath,
    render: () => {
      const { date, faults, programs } = readRecord();
      const versions = Object.entries(programs).map(([name, version]) => `${name} ${version}`);
      const all = new Set(Object.values(faults).flatMap((verdicts) => verdicts.flatMap(({ fronts }) => fronts)));
      const rows = Object.entries(faults).flatMap(([fault, verdicts]) => rowsOf(fault, verdicts, [...all]));
      return [
        `On ${date}, with ${versions.join(', ')}:`,
        '',
        '| fault | we say | servers | NHS England’s client |',
        '|---|---|---|---|',
        ...rows,
      ].join('\n');
    },
  },
  differences: {
    from: 'scripts/docs/matrix.ts',
    render: () =>
      explainedDifferences
        .map(({ fault, ours, why }) => `- *${capital(fault)}:* our handshake ends in ${ours}. ${why}`)
        .join('\n'),
  },
};

function rowsOf(fault: string, verdicts: readonly Verdict[], all: readonly string[]): string[] {
  const outcomes = Map.groupBy(verdicts, ({ outcome }) => shown(outcome));
  return [...outcomes].map(([outcome, its], at) => {
    const theirs = [...new Set(its.flatMap(({ official }) => official ?? []))].sort().join(', ') || '–';
    const fronts = all.filter((front) => its.some((each) => each.fronts.includes(front)));
    const servers = outcomes.size === 1 ? 'all' : serversOf(fronts, all).join(', ');
    return `| ${at === 0 ? capital(fault) : ''} | ${outcome} | ${servers} | ${theirs} |`;
  });
}

/** `nginx`, or `nginx (1.2)` if the other version is elsewhere. */
function serversOf(fronts: readonly string[], all: readonly string[]): string[] {
  const name = (front: string) => front.slice(0, -' 1.2'.length);
  return [...Map.groupBy(fronts, name)].map(([server, its]) => {
    const versions = its.map((front) => front.slice(-'1.2'.length));
    const every = all.filter((front) => name(front) === server).length === its.length;
    return every ? server : `${server} (${versions.join(', ')})`;
  });
}

const plain: Readonly<Record<string, string>> = {
  success: 'success',
  accepted: 'success',
  'not offered': 'the server does not start like this',
};
const shown = (outcome: string) => plain[outcome] ?? `[\`${outcome}\`](#${outcome})`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

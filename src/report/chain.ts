/** The certificates as a tree from root to client. */
import { literal, type SafeText, say } from '../text/index.ts';
import { timeLeft, utcDay } from '../time/index.ts';
import type { AssessedCertificate, CertificateRole } from '../verify/index.ts';
import { type Certificate, nameOf } from '../x509/index.ts';
import { paint, type Terminal } from './terminal.ts';

/** A server's own certificate has a place in no credential. */
export type ShownCertificate = Omit<AssessedCertificate, 'role'> & { readonly role: CertificateRole | 'server' };

interface Branch {
  readonly assessed: ShownCertificate;
  /** Its issuer is another certificate, which is not in the input. */
  readonly orphan: boolean;
  readonly children: readonly Branch[];
}

interface Row {
  readonly label: SafeText;
  /** Columns next to the label; empty for a certificate that is missing. */
  readonly facts: readonly SafeText[];
  /** Continues the tree's lines below the label, if the facts need a separate line. */
  readonly gutter: SafeText;
  readonly look: 'plain' | 'alarming' | 'unused';
}

const gap = '  ';
const longestName = 80;

export interface Chain {
  readonly certificates: readonly ShownCertificate[];
  /** Fingerprints from client to root: these links are verified, the others are drawn by name. */
  readonly path: readonly string[];
  /** Whether issuers are expected: for a client certificate alone, none is missing. */
  readonly withIssuers: boolean;
}

export function chainLines({ certificates, path, withIssuers }: Chain, now: Date, terminal: Terminal): SafeText[] {
  const trees = forest(certificates, path);
  const draw = (top: Branch) =>
    top.orphan && withIssuers ? rowsBelowMissing(top, now, path.length > 0) : branchRows(top, now, path.length > 0);
  const rows = trees.flatMap(draw);
  const fits = (lines: readonly Line[]) => lines.every(({ line }) => line.length <= terminal.columns);
  const lines = [besideTheTree(rows), besideTheTree(rows.map(withoutRole))].find(fits) ?? belowTheNames(rows);
  return lines.map(({ line, look }) => paintAs(look, line, terminal));
}

interface Line {
  readonly line: SafeText;
  readonly look: Row['look'];
}

function besideTheTree(rows: readonly Row[]): Line[] {
  const labels = widest(rows.filter(({ facts }) => facts.length > 0).map(({ label }) => label));
  const columns = [0, 1, 2, 3].map((column) => widest(rows.map(({ facts }) => facts[column] ?? '')));
  return rows.map(({ facts, label, look }) => {
    const cells = [label.padEnd(labels), ...facts.map((fact, column) => fact.padEnd(columns[column] ?? 0))];
    return { line: say`${`${gap}${cells.join(gap)}`.trimEnd()}`, look };
  });
}

/** On a terminal of 80 columns, the position in the tree is enough to show the role. */
const withoutRole = (row: Row): Row => ({ ...row, facts: row.facts.slice(1) });

function belowTheNames(rows: readonly Row[]): Line[] {
  return rows.flatMap(({ facts, gutter, label, look }) => {
    const name = { line: say`${gap}${label}`, look };
    return facts.length === 0 ? [name] : [name, { line: say`${gap}${gutter}${facts.join(gap)}`, look }];
  });
}

const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));

function paintAs(look: Row['look'], line: SafeText, terminal: Terminal): SafeText {
  return look === 'plain' ? line : paint(terminal, look === 'alarming' ? 'red' : 'dim', line);
}

/** Trees in the order of the input. A certificate that a loop of issuers would hide is drawn as a separate tree. */
function forest(certificates: readonly ShownCertificate[], path: readonly string[]): Branch[] {
  const parents = new Map(certificates.map((each) => [each, parentOf(each, certificates, path)]));
  const drawn = new Set<ShownCertificate>();
  const grow = (assessed: ShownCertificate): Branch => {
    drawn.add(assessed);
    const children = certificates.filter((each) => parents.get(each) === assessed && !drawn.has(each));
    const orphan = parents.get(assessed) === undefined && !assessed.certificate.selfIssued;
    return { assessed, orphan, children: children.map(grow) };
  };
  const tops = certificates.filter((each) => parents.get(each) === undefined).map(grow);
  const looped = certificates.flatMap((each) => (drawn.has(each) ? [] : [grow(each)]));
  const onPathFirst = (branch: Branch) => (holdsPath(branch) ? 0 : 1);
  return [...tops, ...looped].sort((a, b) => onPathFirst(a) - onPathFirst(b));
}

const holdsPath = (branch: Branch): boolean => branch.assessed.onPath || branch.children.some(holdsPath);

function parentOf(
  child: ShownCertificate,
  certificates: readonly ShownCertificate[],
  path: readonly string[],
): ShownCertificate | undefined {
  const position = path.indexOf(child.certificate.fingerprintSha256);
  if (position >= 0 && position + 1 < path.length)
    return certificates.find((each) => each.certificate.fingerprintSha256 === path[position + 1]);
  if (child.certificate.selfIssued) return undefined;
  return certificates.find((each) => each !== child && looksLikeIssuer(each.certificate, child.certificate));
}

/** RFC 5280 §4.2.1.1: the key identifiers distinguish two generations with the same name. */
function looksLikeIssuer(issuer: Certificate, child: Certificate): boolean {
  const { subjectKeyIdentifier } = issuer;
  const { authorityKeyIdentifier } = child;
  return (
    issuer.subject.canonical === child.issuer.canonical &&
    (!subjectKeyIdentifier || !authorityKeyIdentifier || subjectKeyIdentifier === authorityKeyIdentifier)
  );
}

function rowsBelowMissing(top: Branch, now: Date, judged: boolean): Row[] {
  const { certificate, onPath } = top.assessed;
  const missing: Row = {
    label: say`(missing) ${nameOf(certificate.issuer, longestName)}`,
    facts: [],
    gutter: literal(''),
    look: onPath ? 'alarming' : 'unused',
  };
  return [missing, ...branchRows(top, now, judged, '└─ ', '   ')];
}

function branchRows(branch: Branch, now: Date, judged: boolean, lead = '', indent = ''): Row[] {
  const { assessed, children } = branch;
  const { certificate } = assessed;
  const own: Row = {
    label: say`${lead}${nameOf(certificate.subject, longestName)}${judged && !assessed.onPath ? ' (unused)' : ''}`,
    facts: factsOf(assessed, now),
    gutter: say`${indent}${children.length > 0 ? '│ ' : '  '}`,
    look: assessed.onPath && !isInside(certificate, now) ? 'alarming' : assessed.onPath || !judged ? 'plain' : 'unused',
  };
  const below = children.flatMap((child, index) => {
    const last = index === children.length - 1;
    return branchRows(child, now, judged, `${indent}${last ? '└─ ' : '├─ '}`, `${indent}${last ? '   ' : '│  '}`);
  });
  return [own, ...below];
}

function factsOf({ role, certificate }: ShownCertificate, now: Date): SafeText[] {
  const { notAfter, notBefore } = certificate;
  const left = now < notBefore ? say`not valid before ${utcDay(notBefore)}` : timeLeft(notAfter, now);
  return [literal(role), utcDay(notAfter), left, keyKind(certificate.publicKey)];
}

/** `RSA 2048`, `EC prime256v1`, `Ed25519 256` */
export const keyKind = ({ algorithm, bits, curve }: Certificate['publicKey']): SafeText =>
  say`${`${algorithm} ${curve ?? (bits || '')}`.trim()}`;

const isInside = ({ notBefore, notAfter }: Certificate, now: Date) => notBefore <= now && now <= notAfter;

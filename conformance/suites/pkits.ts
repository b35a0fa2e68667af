/**
 * NIST's Public Key Interoperability Test Suite. The path of each test is in its S/MIME message; the folder contains the same certificates, one per
 * file. Each test runs twice: with only the certificates of its path, and with all CA certificates of the suite in one bundle.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Case } from '../case.ts';
import { toPem } from '../certificates.ts';

interface Section {
  readonly title: string;
  readonly tests: readonly string[];
  readonly crl?: readonly string[];
  readonly refused?: readonly string[];
}

/** Within the validity of everything that the suite means to be valid (2010 to 2030). */
const at = new Date('2026-06-01T00:00:00Z');

/** @param folder `PKITS_data` of the Python package cryptography-vectors */
export function pkitsCases(folder: string): Case[] {
  const certificates = readdirSync(join(folder, 'certs'))
    .filter((name) => name.endsWith('.crt'))
    .sort()
    .map((name) => ({ name, der: readFileSync(join(folder, 'certs', name)) }));
  const root = certificates.find(({ name }) => name === 'TrustAnchorRootCertificate.crt');
  if (!root) throw new Error(`${folder} has no certs/TrustAnchorRootCertificate.crt: it is not PKITS_data`);
  const others = certificates.filter((each) => each !== root);
  const authorities = others.filter(({ name }) => !name.endsWith('EE.crt'));
  const bundleOf = (list: typeof others) => [root, ...list].map(({ der }) => toPem(der)).join('');
  return sections().flatMap(([number, section]) =>
    section.tests.flatMap((test, index) => {
      const message = messageOf(folder, test);
      const members = others.filter(({ der }) => message.includes(der));
      const client = members.find(({ name }) => name.endsWith('EE.crt'));
      if (!client) throw new Error(`PKITS ${test}: no end entity in its message`);
      const common = { certificate: toPem(client.der), at, ignored: [], ...expectation(section, test) };
      const id = `${number}.${index + 1}::${test}`;
      return [
        {
          suite: 'PKITS',
          id: `pkits::${id}`,
          group: nameOf(number, section),
          bundle: bundleOf(members.filter((each) => each !== client)),
          ...common,
        },
        {
          suite: 'PKITS, one bundle',
          id: `pkits-all::${id}`,
          group: nameOf(number, section),
          bundle: bundleOf(authorities),
          ...common,
        },
      ];
    }),
  );
}

const sections = () =>
  Object.entries(parse(readFileSync(join(import.meta.dirname, 'pkits.yaml'), 'utf8')) as Record<string, Section>);

const nameOf = (number: string, { title }: Section) => `${number} ${title}`;

/** The base64 of its signature part, decoded: it contains the certificates unchanged. */
function messageOf(folder: string, test: string): Buffer {
  const text = readFileSync(join(folder, 'smime', `Signed${test}.eml`), 'latin1');
  const [, body = ''] = /smime\.p7s"\s*\r?\n\r?\n([A-Za-z0-9+/=\s]+)/.exec(text) ?? [];
  return Buffer.from(body, 'base64');
}

function expectation(section: Section, test: string): Pick<Case, 'expected' | 'remark'> {
  if (section.crl?.includes(test)) return { remark: 'refused because of a CRL' };
  return { expected: test.startsWith('Invalid') || section.refused?.includes(test) ? 'reject' : 'accept' };
}

import { describe, expect, test } from 'vitest';
import { read } from '../../conformance/certificates.ts';
import { compareWithOpenssl } from '../../conformance/random/compare.ts';
import { generate } from '../../conformance/random/generate.ts';
import { needs } from '../support/tools.ts';

const first = 1;
const count = 500;

describe('random paths', () => {
  test.skipIf(!needs('openssl'))(
    `${count} of them (seeds ${first} to ${first + count - 1}) are judged like OpenSSL judges them, or differ by a rule that is listed`,
    async () => {
      const { accepted, explained, refused, unexplained } = await compareWithOpenssl(count, first);
      const defects = unexplained.map(({ ours, path, theirs }) => ({
        seed: path.seed,
        notes: path.notes,
        ours: ours.valid ? 'valid' : ours.findings.map(({ code, message }) => `${code}: ${message}`),
        theirs: theirs.reason ?? 'OK',
      }));
      expect(defects).toEqual([]);
      // A generator whose paths are all good, or all bad, would compare nothing.
      expect(accepted).toBeGreaterThan(count / 5);
      expect(refused).toBeGreaterThan(count / 5);
      // The rules that know a difference by its words: they must find them again when the words change.
      for (const rule of ['curve-of-224-bits', 'self-signature', 'root-without-basic-constraints', 'malformed-names'])
        expect([...explained.keys()]).toContain(rule);
    },
    300_000,
  );

  test('one seed makes one path, but for keys and signatures', () => {
    const [one, other] = [generate(7), generate(7)];
    expect(one.notes).toEqual(other.notes);
    expect(one.at).toEqual(other.at);
    const names = ({ bundle }: typeof one) => bundle.map((pem) => [read(pem)?.subject, read(pem)?.serialNumber]);
    expect(names(one)).toEqual(names(other));
  });

  test('neighbouring seeds make different paths', () => {
    const notes = new Set(
      Array.from({ length: 50 }, (_, seed) => JSON.stringify([generate(seed).notes, generate(seed).at])),
    );
    expect(notes.size).toBeGreaterThan(45);
  });
});

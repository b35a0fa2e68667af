import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'mesh-cert-monitor';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { Inspection } from '../../src/inspect/types.ts';
import { inspectionSchema } from '../../src/report/schema.ts';
import type { SafeText } from '../../src/text/rule.ts';
import { type } from '../support/cli.ts';
import { type NhsLikePki, nhsLikePki, type PkiFiles, writePki } from '../support/pki.ts';

/** Inside, text that is safe to show has a type of its own; outside, it is text. */
type Plain<Shape> = Shape extends SafeText
  ? string
  : Shape extends (infer Item)[]
    ? Plain<Item>[]
    : Shape extends object
      ? { [Name in keyof Shape]: Plain<Shape[Name]> }
      : Shape;

let pki: NhsLikePki;
let files: PkiFiles;
const at = new Date();
const passphrase = 'correct horse';

beforeAll(async () => {
  pki = await nhsLikePki();
  files = await writePki(pki, { passphrase });
});
afterAll(() => files.remove());

const asFiles = () => ({
  certificate: { file: files.certificate },
  privateKey: { file: files.privateKey },
  caBundle: { file: files.caBundle },
  passphrase,
});
const codes = ({ findings }: Inspection) => findings.map(({ code }) => code);

test('inspect: the types that programs see are those of the public JSON', () => {
  expectTypeOf<Inspection>().toEqualTypeOf<Plain<z.infer<typeof inspectionSchema>>>();
});

test('inspect: answers what the command prints under `inspection`', async () => {
  const words = ['--cert', files.certificate, '--key', files.privateKey, '--ca-bundle', files.caBundle];
  const { stdout } = await type(
    ['inspect', ...words, '--passphrase-env', 'PASSPHRASE', '--at', at.toISOString(), '--format', 'json'],
    { env: { PASSPHRASE: passphrase } },
  );
  const answer = await inspect(asFiles(), { at });
  expect(answer).toEqual(JSON.parse(stdout).inspection);
  expect(inspectionSchema.parse(answer)).toEqual(answer);
  expect(answer).toMatchObject({ valid: true, order: 'root-first' });
  expect(answer.checks).toContainEqual({ check: 'rehearsal', passed: true, judged: true });
});

test('inspect: files, text and bytes are as good as each other', async () => {
  const whole = await inspect(asFiles(), { at });
  const text = {
    certificate: pki.client.pem,
    privateKey: pki.client.encryptedKeyPem(passphrase),
    caBundle: pki.bundlePem,
    passphrase,
  };
  const bytes = {
    certificate: pki.client.der,
    privateKey: readFileSync(files.privateKey),
    caBundle: new Uint8Array(Buffer.from(pki.bundlePem)),
    passphrase: Buffer.from(`${passphrase}\n`),
  };
  expect(await inspect(text, { at })).toEqual(whole);
  expect(await inspect(bytes, { at })).toEqual(whole);
});

test('inspect: judges at the time that is given, and in the order that is asked for', async () => {
  const later = new Date(new Date((await inspect(asFiles())).expiresAt as string).getTime() + 1000);
  expect(codes(await inspect(asFiles(), { at: later }))).toContain('certificate_expired');
  expect(codes(await inspect(asFiles(), { at, chainOrder: 'leaf-first' }))).toEqual(['chain_order_wrong']);
});

describe('inspect: what is wrong with the credential is a finding', () => {
  test('a file that is not there', async () => {
    const answer = await inspect({ certificate: { file: join(files.directory, 'nowhere.pem') } });
    expect(answer).toMatchObject({ valid: false, findings: [{ code: 'certificate_unreadable' }] });
    expect(answer.findings[0]?.message).toContain('nowhere.pem does not exist');
  });
  test('text that is empty, or no certificate, named as what was given', async () => {
    const empty = await inspect({ certificate: '' });
    expect(empty.findings[0]).toMatchObject({ code: 'certificate_unreadable', subject: 'the given certificate' });
    expect(codes(await inspect({ caBundle: 'hello' }))).toEqual(['ca_bundle_malformed']);
  });
  test('a passphrase that is missing, with the remedy of a program', async () => {
    const { passphrase: _, ...rest } = asFiles();
    const finding = (await inspect(rest)).findings.find(({ code }) => code === 'passphrase_missing');
    expect(finding?.remedy).toContain('`passphrase`');
  });
  test('a wrong passphrase, which is not repeated', async () => {
    const answer = await inspect({ ...asFiles(), passphrase: 'not-the-passphrase' });
    expect(codes(answer)).toContain('passphrase_wrong');
    expect(JSON.stringify(answer)).not.toContain('not-the-passphrase');
  });
});

describe('inspect: wrong arguments throw, and name no value', () => {
  const loosely = inspect as (credential: unknown, options?: unknown) => Promise<Inspection>;
  test.each([
    ['nothing', {}, undefined, 'give at least one of certificate, privateKey, caBundle and keystore'],
    ['a passphrase alone', { passphrase: 'hunter2' }, undefined, 'give at least one of'],
    ['a part that is misspelt', { cabundle: 'x', certificate: 'x' }, undefined, 'cabundle is not one of'],
    ['a part of another type', { privateKey: 7, certificate: 'x' }, undefined, 'privateKey is neither text, nor bytes'],
    ['a secret of another type', { passphrase: ['hunter2'], certificate: 'x' }, undefined, 'passphrase is neither'],
    ['null', { certificate: null }, undefined, 'certificate is neither'],
    ['an alias without a keystore', { certificate: 'x', alias: 'mesh' }, undefined, 'alias is the name of an entry'],
    ['a time that is none', { certificate: 'x' }, { at: new Date('soon') }, 'at is not a date'],
    ['a time in text', { certificate: 'x' }, { at: '2027-01-01' }, 'at is not a date'],
    ['another order', { certificate: 'x' }, { chainOrder: 'sideways' }, 'chainOrder is neither'],
  ])('%s', async (_, credential, options, message) => {
    const error = await loosely(credential, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(`inspect: ${message}`);
    expect((error as Error).message).not.toContain('hunter2');
  });
});

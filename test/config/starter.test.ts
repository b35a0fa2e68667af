import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfiguration } from '../../src/config/parse.ts';
import { type JsonSchema, jsonSchema } from '../../src/config/schema.ts';
import { starterFile } from '../../src/config/starter.ts';
import { samples } from '../support/config/samples.ts';

/** `environments[].mesh.url` for every key, down to the values. */
function schemaKeys(schema: JsonSchema, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, below]) => [
    `${path}${key}`,
    ...schemaKeys(below, `${path}${key}.`),
    ...schemaKeys(below.items ?? {}, `${path}${key}[].`),
  ]);
}

function fileKeys(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fileKeys(item, `${path.slice(0, -1)}[].`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => [`${path}${key}`, ...fileKeys(below, `${path}${key}.`)]);
}

test('starter: parses as it stands, without a warning', () => {
  expect(parseConfiguration(starterFile, '/etc/mesh.yaml').warnings).toEqual([]);
});

test('starter: with its comments taken off it shows every key there is, each in its place', () => {
  const uncommented = starterFile.replace(/^( *)# (?=( *)[a-z_]+:( |$))/gm, '$1');
  const shown = new Set(fileKeys(parse(uncommented)));
  expect(schemaKeys(jsonSchema()).filter((key) => !shown.has(key))).toEqual([]);
});

test('the good samples use every key there is between them', () => {
  const used = new Set(samples('good').flatMap(({ text }) => fileKeys(parse(text))));
  expect(schemaKeys(jsonSchema()).filter((key) => !used.has(key))).toEqual([]);
});

test('starter: asks nobody but the contact until someone says so', () => {
  const [environment] = parseConfiguration(starterFile, '/etc/mesh.yaml').environments;
  expect(environment?.renewal.mode).toBe('review');
});

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { fileSchema, jsonSchema } from '../../src/config/schema.ts';
import { parseYaml } from '../../src/config/yaml/parse.ts';
import { samples } from '../support/config/samples.ts';

const accepts = new Ajv2020({ strict: true, allErrors: true }).compile(jsonSchema());

const readable = (kind: 'good' | 'bad') =>
  samples(kind).flatMap(({ name, text }) => {
    const document = parseYaml(text);
    return 'value' in document ? [{ name, value: document.value }] : [];
  });

describe('the JSON Schema accepts what the parser accepts', () => {
  test.each(readable('good'))('$name', ({ value }) => {
    expect(accepts(value), JSON.stringify(accepts.errors)).toBe(true);
  });
});

describe('the JSON Schema refuses what the parser refuses by structure', () => {
  test.each(readable('bad'))('$name', ({ value }) => {
    const issues = fileSchema.safeParse(value).error?.issues ?? [];
    // "custom" is a predicate beside the pattern (a cron expression, a time zone), which no schema can say.
    expect(accepts(value)).toBe(issues.every(({ code }) => code === 'custom'));
  });
});

test('the shipped JSON Schema is the parser’s own', () => {
  const shipped: unknown = JSON.parse(
    readFileSync(new URL('../../schema/mesh-cert-monitor.schema.json', import.meta.url), 'utf8'),
  );
  expect(shipped).toEqual(jsonSchema());
});

test('every key of the schema is described', () => {
  const undescribed = (schema: ReturnType<typeof jsonSchema>, path: string): string[] => [
    ...(schema.description ? [] : [path]),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, below]) => undescribed(below, `${path}.${key}`)),
    ...Object.entries(schema.items?.properties ?? {}).flatMap(([key, below]) => undescribed(below, `${path}[].${key}`)),
  ];
  expect(undescribed(jsonSchema(), 'the file')).toEqual([]);
});

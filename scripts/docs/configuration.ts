// The blocks of docs/configuration.md, from the parser's own schema.
import { cronFields, duration, type JsonSchema, jsonSchema, presets, starterFile } from '../../src/config/index.ts';
import type { Blocks } from './blocks.ts';
import { cell, table } from './markdown.ts';

export const configurationBlocks: Blocks = {
  presets: {
    from: 'src/config/presets.ts',
    render: () =>
      table(['', 'url', 'desk', 'the request must enclose', 'server verified'], Object.entries(presets).map(presetRow)),
  },
  keys: { from: 'src/config/schema.ts', render: () => sections(jsonSchema(), '').join('\n\n') },
  starter: { from: 'src/config/starter.ts', render: () => `\`\`\`yaml\n${starterFile}\`\`\`` },
};

function presetRow([name, preset]: [string, (typeof presets)[keyof typeof presets]]): string[] {
  const enclosed = preset.requiresConformanceCertificate
    ? 'the CSR and the technical conformance certificate'
    : 'the CSR';
  const [desk, request] =
    preset.desk.length > 0
      ? [preset.desk.join(', '), enclosed]
      : ['none', 'nothing: it does not require a certificate'];
  return [`\`${name}\`: ${preset.title}`, `\`${preset.url}\``, desk, request, preset.verifyServer ? 'yes' : 'no'];
}

/** One section for each mapping, in the order of the file. */
function sections(schema: JsonSchema, path: string): string[] {
  const entries = Object.entries(schema.properties ?? {});
  const rows = entries.map(([key, below]) => row(key, below, path, schema.required?.includes(key) ?? false));
  const title = path === '' ? 'The file' : `\`${path}\``;
  const description = path === '' ? [] : [schema.description ?? ''];
  return [
    [`### ${title}`, ...description, table(['key', 'takes', 'default', 'meaning'], rows)].join('\n\n'),
    ...entries.flatMap(([key, below]) => {
      const place = pathTo(path, key, below);
      const mapping = below.items?.properties ? { ...below.items, description: below.description ?? '' } : below;
      return mapping.properties && !isFile(mapping) ? sections(mapping, place) : [];
    }),
  ];
}

const pathTo = (path: string, key: string, schema: JsonSchema) =>
  `${path === '' ? '' : `${path}.`}${key}${schema.items ? '[]' : ''}`;
const isFile = (schema: JsonSchema) => Object.keys(schema.properties ?? {}).join() === 'file';

function row(key: string, schema: JsonSchema, path: string, required: boolean): string[] {
  const takes = kind(schema, pathTo(path, key, schema));
  return [`\`${key}\``, takes, fallback(schema, required), cell(schema.description ?? '')];
}

function kind(schema: JsonSchema, path: string): string {
  if (schema.enum) return schema.enum.map((each) => `\`${each}\``).join(', ');
  if (schema.anyOf?.every(({ type }) => type === 'object')) return '[place in a store](stores/README.md)';
  if (schema.anyOf) return schema.anyOf[0]?.minLength === 1 ? 'value' : 'material';
  if (schema.pattern === duration.source) return 'duration';
  if (schema.pattern === cronFields.source) return 'cron expression';
  if (isFile(schema)) return '`{ file: PATH }`';
  if (schema.properties) return `[mapping](#${path.replace(/[^a-z0-9_-]/g, '')})`;
  if (schema.items)
    return schema.items.properties && !isFile(schema.items)
      ? `list of [mappings](#${path.replace(/[^a-z0-9_-]/g, '')})`
      : `list of ${kind(schema.items, path).replace(/^number$/, 'numbers')}`;
  return (
    { boolean: '`true`, `false`', integer: 'number', number: 'number', string: 'text' }[schema.type ?? ''] ?? 'text'
  );
}

function fallback(schema: JsonSchema, required: boolean): string {
  if (required) return '**required**';
  if (schema.properties || schema.default === undefined) return '';
  return `\`${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}\``;
}

// docs/configuration.md and the JSON Schema for editors, both from the parser's own schema.
import { cronFields, duration, type JsonSchema, jsonSchema, presets, starterFile } from '../../src/config/index.ts';

const schemaPath = 'schema/mesh-cert-monitor.schema.json';

export const pages = () => ({
  'docs/configuration.md': page(),
  [schemaPath]: `${JSON.stringify(jsonSchema(), null, 2)}\n`,
});

function page(): string {
  return `<!-- Generated from src/config/schema.ts by \`npm run docs\`. -->

# Configuration

One file, YAML 1.2 (JSON is YAML). \`mesh-cert-monitor init --output config.yaml\` writes [one to start from](#a-file-to-start-from).

The file is read strictly: an unknown key, a wrong type or a missing value is an error that names its path, all of them are
reported at once, and the exit code is 3. A service that is running keeps its old configuration when the new one is wrong, and says so
(\`nhs_mesh_config_last_reload_successful\`).

\`\`\`
config.yaml: 3 problems
  environments[0].mesh.pasword: unknown key; did you mean "password"?
  environments[0].mesh.password: missing; the probe "validate" needs it, "ping" does not
  environments[1].mesh.url: expected an https URL of scheme, host and port only, got "http://msg.example"
\`\`\`

No error quotes what stands where a secret, a certificate or a key belongs, nor the user name and password in a URL.

## How values are written

- **Values and secrets** (*value* in the tables) are a plain string, \`{ file: PATH }\` or \`{ env: NAME }\`. They are read when they are
  needed, each time, so that a rotated secret is seen without a restart, and the configuration loads although a secret is not there
  yet: the check reports it. A secret written into this file is legal and a warning.
- **Certificates and keys** (*material*) are the same; written out, they are PEM text, also with \`\\n\` escapes or base64 of PEM. A bare
  path is refused: write \`{ file: PATH }\`.
- **Paths** are relative to the configuration file. Neither \`~\` nor \`$VARIABLE\` is expanded.
- **Durations**: \`14d\`, \`12h\`, \`5m\`, \`90s\`, \`250ms\`.
- **Schedules** are cron expressions: five fields, or six with seconds first.
- **Text that looks like a number** goes in quotes: YAML takes the ODS code \`8E123\` for a number.
- **What environments share** can be written once, with YAML anchors (\`&name\`), aliases (\`*name\`) and merges (\`<<: *name\`).
- The file is UTF-8 and at most 16 MiB.

An editor with the YAML language server completes and checks the keys when the file begins with
\`# yaml-language-server: $schema=PATH/${schemaPath}\`; the package ships the schema at that path.

## Presets

| | url | desk | the request must enclose | server verified |
|---|---|---|---|---|
${Object.entries(presets).map(presetRow).join('\n')}

What an environment says itself wins over its preset. Without a preset, \`mesh.url\` is required, and \`renewal.desk\` where there is a credential.

## Keys

${sections(jsonSchema(), '').join('\n')}
## Rules between keys

- Environment names are unique, whatever the case: they become file names, and not every file system tells \`x\` from \`X\`.
- \`mesh.password\` and \`mesh.shared_key\` are required for the probe \`validate\`.
- \`credential\` is \`certificate\`, \`private_key\` and \`ca_bundle\`, or a \`keystore\`, and is required unless the preset is \`sandbox\`.
- \`thresholds.critical\` is shorter than \`thresholds.warning\`.
- \`renewal.desk\` has an address, unless the preset is \`sandbox\`.
- \`email.smtp.username\` and \`email.smtp.password\` come together.

## Warnings

Legal, but probably not what was meant; each is logged when the file is loaded, and everything runs all the same:

- a password, shared key, passphrase, private key or keystore written into the file;
- handshakes less than 5 minutes apart, or two environments with the same mailbox at the same address;
- \`preset: production\` with nothing enclosed: the desk wants the technical conformance certificate, so no request is drafted without it;
- \`renewal.window\` shorter than \`thresholds.warning\`: expiry would be a warning before a renewal is asked for;
- \`renewal.key: new\` with a passphrase neither for the new key nor for the deployed one: a new key is never written unencrypted, so no request is drafted;
- \`verify_server: false\` outside of a sandbox;
- \`email.smtp.tls: none\` with a password.

## Examples

### Kubernetes: a mounted secret

Mount the secrets as directories, not with \`subPath\`: a mount with \`subPath\` never sees a rotation. Files are followed through the
\`..data\` links and known by their content.

\`\`\`yaml
environments:
  - name: production
    preset: production
    mesh:
      mailbox_id: X26HC001
      password: { file: /var/run/secrets/mesh/mailbox-password }
      shared_key: { file: /var/run/secrets/mesh/shared-key }
    credential:
      certificate: { file: /var/run/secrets/mesh/tls.crt }
      private_key: { file: /var/run/secrets/mesh/tls.key }
      passphrase: { file: /var/run/secrets/mesh/passphrase }
      ca_bundle: { file: /var/run/configmaps/mesh/ca-bundle.pem }
    renewal:
      enclose: [{ file: /var/run/configmaps/mesh/conformance.pdf }]
\`\`\`

\`state_dir\` must outlive the pod: put it on a persistent volume that one instance uses.

### Environment variables only

As settings of a container service, or from a secrets manager that injects them. The PEM text may have real line ends, \`\\n\` or be base64.

\`\`\`yaml
environments:
  - name: integration
    preset: integration
    mesh:
      mailbox_id: X26ABC1
      password: { env: MESH_MAILBOX_PASSWORD }
      shared_key: { env: MESH_SHARED_KEY }
    credential:
      certificate: { env: MESH_CLIENT_CERT }
      private_key: { env: MESH_CLIENT_KEY }
      passphrase: { env: MESH_CLIENT_KEY_PASSPHRASE }
      ca_bundle: { env: MESH_CA_CERT }
\`\`\`

### The keystore of the Java MESH client

PKCS#12 or JKS; the CA certificates inside are the bundle. \`ping\` leaves the mailbox's activity to the real client.

\`\`\`yaml
environments:
  - name: java-client
    preset: production
    mesh: { mailbox_id: X26HC002, probe: ping }
    credential:
      keystore: { file: /opt/mesh/keystore/mesh.keystore }
      passphrase: { env: MESH_KEYSTORE_PASSWORD }
    renewal:
      mode: review
      enclose: [{ file: conformance.pdf }]
\`\`\`

### Over HSCN, through a proxy

The address is not a preset's, the desk is.

\`\`\`yaml
environments:
  - name: hscn-integration
    preset: integration
    mesh:
      url: https://msg.int.spine2.ncrs.nhs.uk
      proxy: http://proxy.example.nhs.uk:3128
      mailbox_id: X26ABC1
      password: { env: MESH_MAILBOX_PASSWORD }
      shared_key: { env: MESH_SHARED_KEY }
    credential:
      certificate: { file: certs/int/client.pem }
      private_key: { file: certs/int/private_key.pem }
      passphrase: { env: MESH_CLIENT_KEY_PASSPHRASE }
      ca_bundle: { file: certs/int/ca_bundle.pem }
\`\`\`

### A sandbox

\`\`\`yaml
environments:
  - name: sandbox
    preset: sandbox
    mesh:
      mailbox_id: X26ABC1
      password: { env: SANDBOX_PASSWORD }
      shared_key: { env: SANDBOX_SHARED_KEY }
\`\`\`

## A file to start from

\`\`\`yaml
${starterFile}\`\`\`
`;
}

function presetRow([name, preset]: [string, (typeof presets)[keyof typeof presets]]): string {
  const enclosed = preset.requiresConformanceCertificate
    ? 'the CSR and the technical conformance certificate'
    : 'the CSR';
  const [desk, request] =
    preset.desk.length > 0 ? [preset.desk.join(', '), enclosed] : ['none', 'nothing: it asks for no certificate'];
  return `| \`${name}\`: ${preset.title} | \`${preset.url}\` | ${desk} | ${request} | ${preset.verifyServer ? 'yes' : 'no'} |`;
}

/** A section for each mapping, in the order of the file. */
function sections(schema: JsonSchema, path: string): string[] {
  const entries = Object.entries(schema.properties ?? {});
  return [
    `### ${path === '' ? 'The file' : `\`${path}\``}

${path === '' ? '' : `${schema.description ?? ''}\n\n`}| key | takes | default | meaning |
|---|---|---|---|
${entries.map(([key, below]) => row(key, below, path, schema.required?.includes(key) ?? false)).join('\n')}
`,
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

function row(key: string, schema: JsonSchema, path: string, required: boolean): string {
  return `| \`${key}\` | ${kind(schema, pathTo(path, key, schema))} | ${fallback(schema, required)} | ${cell(schema.description ?? '')} |`;
}

function kind(schema: JsonSchema, path: string): string {
  if (schema.enum) return schema.enum.map((each) => `\`${each}\``).join(', ');
  if (schema.anyOf) return schema.anyOf[0]?.minLength === 1 ? 'value' : 'material';
  if (schema.pattern === duration.source) return 'duration';
  if (schema.pattern === cronFields.source) return 'cron expression';
  if (isFile(schema)) return '`{ file: PATH }`';
  if (schema.properties) return `[mapping](#${path.replace(/[^a-z0-9_-]/g, '')})`;
  if (schema.items)
    return schema.items.properties && !isFile(schema.items)
      ? `list of [mappings](#${path.replace(/[^a-z0-9_-]/g, '')})`
      : `list of ${kind(schema.items, path)}`;
  return (
    { boolean: '`true`, `false`', integer: 'number', number: 'number', string: 'text' }[schema.type ?? ''] ?? 'text'
  );
}

function fallback(schema: JsonSchema, required: boolean): string {
  if (required) return '**required**';
  if (schema.properties || schema.default === undefined) return '';
  return `\`${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}\``;
}

/** Outside of code, Markdown takes `<mailbox_id>` for a tag; inside a table, a bar for a column. */
const cell = (text: string) =>
  text
    .replaceAll('|', '\\|')
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`');

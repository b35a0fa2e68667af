// docs/findings.md from the finding catalogue.
import { type CheckName, catalogue, checkNames, type FindingGroup, findingCodes } from '../../src/findings/index.ts';

const titles: Record<FindingGroup, string> = {
  reading: 'Reading what is deployed',
  match: 'Certificate and key',
  chain: 'Chain and CA bundle',
  validity: 'Validity of the client certificate',
  naming: 'Naming',
  strength: 'Strength and purpose',
  handshake: 'The MESH handshake',
  renewal: 'The renewal',
};

const checkMeanings: Record<CheckName, string> = {
  readable: 'every configured file, variable and secret could be read and parsed',
  key_match: 'the private key belongs to the client certificate',
  chain_order:
    'the certificates of the bundle file stand in the configured order; absent for those inside a keystore, whose order is its tool’s',
  chain_valid: 'a certification path leads from the client certificate to a root of the bundle',
  validity: 'the client certificate is inside its validity',
  naming: 'the common name has the MESH API form and carries the organisation’s ODS code',
  strength: 'keys, signatures and purposes are such that TLS may use them',
  rehearsal: 'OpenSSL accepted certificate, key and bundle in a TLS handshake in memory, and our own validation agrees',
};

export const pages = () => ({ 'docs/findings.md': page() });

function page(): string {
  const groups = Object.keys(titles) as FindingGroup[];
  return `<!-- Generated from src/findings/catalogue.ts by \`npm run docs\`. -->

# Findings

Everything that can be found wrong has one code, and the codes are a closed list: \`nhs_mesh_finding{code="…"}\`, the JSON of
\`check\` and \`inspect\`, the page and the e-mails use no other. The severity is the default; where a rule raises it, the section says so.

A *critical* finding that fails a check makes the credential invalid: \`valid\` is false and \`nhs_mesh_credential_valid\` is 0. A finding
that fails no check is advice.

## Checks

| check | passes when |
|---|---|
${checkNames.map((name) => `| \`${name}\` | ${checkMeanings[name]} |`).join('\n')}

A check is absent when its input is not configured, and fails when its input is configured but cannot be read.

${groups.map(section).join('\n')}`;
}

function section(group: FindingGroup): string {
  const codes = findingCodes.filter((code) => catalogue[code].group === group);
  return `## ${titles[group]}

${codes.map(entry).join('\n')}`;
}

function entry(code: (typeof findingCodes)[number]): string {
  const { severity, check, title, meaning, remedy, source } = catalogue[code];
  return `### \`${code}\`

**${title}** · ${severity} · ${check ? `fails \`${check}\`` : 'fails no check'}

${escaped(meaning)}

*What to do:* ${escaped(remedy)}

*Rests on:* ${escaped(source)}
`;
}

/** Outside of code, Markdown takes `<local id>` for a tag. */
const escaped = (text: string) =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`');

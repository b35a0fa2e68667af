// The blocks of docs/findings.md, from the finding catalogue.
import { type CheckName, catalogue, checkNames, type FindingGroup, findingCodes } from '../../src/findings/index.ts';
import type { Blocks } from './blocks.ts';
import { escaped, table } from './markdown.ts';

/** Which file holds the codes of each group. */
const files: Record<FindingGroup, string> = {
  reading: 'src/findings/reading.ts',
  match: 'src/findings/reading.ts',
  chain: 'src/findings/chain.ts',
  validity: 'src/findings/certificate.ts',
  naming: 'src/findings/certificate.ts',
  strength: 'src/findings/certificate.ts',
  handshake: 'src/findings/handshake.ts',
  renewal: 'src/findings/renewal.ts',
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

export const findingBlocks: Blocks = {
  checks: {
    from: 'scripts/docs/findings.ts',
    render: () =>
      table(
        ['check', 'passes when'],
        checkNames.map((name) => [`\`${name}\``, checkMeanings[name]]),
      ),
  },
  ...Object.fromEntries(
    (Object.keys(files) as FindingGroup[]).map((group) => [group, { from: files[group], render: () => codes(group) }]),
  ),
};

const codes = (group: FindingGroup) =>
  findingCodes
    .filter((code) => catalogue[code].group === group)
    .map(entry)
    .join('\n');

function entry(code: (typeof findingCodes)[number]): string {
  const { severity, check, title, meaning, remedy, source } = catalogue[code];
  return `### \`${code}\`

**${title}** · ${severity} · ${check ? `fails \`${check}\`` : 'fails no check'}

${escaped(meaning)}

*What to do:* ${escaped(remedy)}

*Rests on:* ${escaped(source)}
`;
}

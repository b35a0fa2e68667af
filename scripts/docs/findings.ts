// The blocks of docs/findings.md, from the finding catalogue and the rules of the diagnosis.
import { rules } from '../../src/diagnosis/index.ts';
import { catalogue, checkCatalogue, checkNames, type FindingGroup, findingCodes } from '../../src/findings/index.ts';
import type { Blocks } from './blocks.ts';
import { escaped, table } from './markdown.ts';

/** Which file contains the codes of each group. */
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

const codeList = (codes: readonly string[]) => codes.map((code) => `\`${code}\``).join(', ');

export const findingBlocks: Blocks = {
  diagnosis: {
    from: 'src/diagnosis/rules/all.ts',
    render: () =>
      table(
        ['case', 'cause', 'what follows', 'handshake reasons'],
        rules.map(({ name, cause, consequences = [], reasons = [] }) => [
          name,
          `\`${cause}\``,
          codeList([
            ...consequences,
            ...(reasons.length > 0 && cause !== 'handshake_failed' ? ['handshake_failed'] : []),
          ]),
          codeList(reasons),
        ]),
      ),
  },
  checks: {
    from: 'src/findings/checks.ts',
    render: () =>
      table(
        ['check', 'passes when'],
        checkNames.map((name) => [`\`${name}\``, checkCatalogue[name].meaning]),
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

*Reference:* ${escaped(source)}
`;
}

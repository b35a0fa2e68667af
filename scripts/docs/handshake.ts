// The blocks of docs/handshake.md, from the catalogue of reasons and from the last run of the matrix.
import { type HandshakeReason, handshakeReasons, reasonCatalogue } from '../../src/mesh/index.ts';
import type { Blocks } from './blocks.ts';
import { matrixBlocks } from './matrix.ts';

export const handshakeBlocks: Blocks = {
  reasons: { from: 'src/mesh/diagnosis/reasons.ts', render: () => handshakeReasons.map(section).join('\n') },
  ...matrixBlocks,
};

function section(reason: HandshakeReason): string {
  const { title, meaning, remedy } = reasonCatalogue[reason];
  return `### ${reason}

**${title}.** ${meaning}

*What to do:* ${remedy}
`;
}

// The blocks of docs/handshake.md, from the catalogue of reasons.
import { type HandshakeReason, handshakeReasons, reasonCatalogue } from '../../src/mesh/index.ts';
import type { Blocks } from './blocks.ts';

export const handshakeBlocks: Blocks = {
  reasons: { from: 'src/mesh/reasons.ts', render: () => handshakeReasons.map(section).join('\n') },
};

function section(reason: HandshakeReason): string {
  const { title, meaning, remedy } = reasonCatalogue[reason];
  return `### ${reason}

**${title}.** ${meaning}

*What to do:* ${remedy}
`;
}

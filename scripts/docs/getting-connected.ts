// The block of docs/getting-connected.md, from the certificates that are shipped.
import { shippedCertificates } from '../../src/bundle/index.ts';
import type { Blocks } from './blocks.ts';
import { table } from './markdown.ts';

const day = (time: string) => time.slice(0, 10);

export const gettingConnectedBlocks: Blocks = {
  shipped: {
    from: 'src/bundle/shipped.ts',
    render: () =>
      table(
        ['certificate', 'for', 'valid', 'SHA-256 fingerprint', 'copied from'],
        shippedCertificates.map(({ commonName, pki, notBefore, notAfter, fingerprintSha256, source, copied }) => [
          commonName,
          pki === 'live' ? 'production' : 'integration, deployment',
          `${day(notBefore)} to ${day(notAfter)}`,
          `\`${fingerprintSha256}\``,
          `[NHSDigital/mesh-client](${source}), ${copied}`,
        ]),
      ),
  },
};

import { type SafeText, say } from '../text/index.ts';

/** The first major version with everything this program uses, and the one that its tests run on. */
export const leastNode = 24;

/**
 * @param version - of the Node.js that runs, such as `20.20.2`
 * @param path - of its executable
 * @returns what to say, and to do, if it is too old.
 */
export function tooOld(version: string, path: string): SafeText | undefined {
  if (Number.parseInt(version, 10) >= leastNode) return undefined;
  return say`error: mesh-cert-monitor needs Node.js ${leastNode} or later, and this is Node.js ${version} (${path}).
Install a newer one from https://nodejs.org/en/download or with your package manager, and make sure that it comes first in PATH.
In a checkout, \`npm run --silent monitor -- …\` uses the Node.js that \`npm ci\` has installed.
`;
}

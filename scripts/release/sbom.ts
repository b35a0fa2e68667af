/** Software bill of materials in CycloneDX, by npm itself, of what is inside the package: everything is bundled, so nothing is installed with it. */
import { execFileSync } from 'node:child_process';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}
interface Bill {
  serialNumber: string;
  metadata: { timestamp: string; component: Component & { name: string; hashes?: { alg: string; content: string }[] } };
  components: (Component & { scope?: string; properties?: unknown[] })[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** Files of these are served as they are (scripts/build/design-system.ts), so the notices of the bundle do not name them. */
const served = ['nhsuk-frontend'];

/**
 * @param notices - `dist/THIRD-PARTY-NOTICES.txt`, which names every package in the bundle
 * @returns npm's bill, with a serial number and a time that depend only on what is released
 */
export function softwareBill(epoch: number, sha256OfPackage: string, notices: string): string {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const bill = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as Bill;
  const bundled = new Set(
    [...notices.matchAll(/^(@?[\w./-]+ \d[\w.+-]*) \(.*\)$/gm)].map(([, packageId]) => packageId),
  );
  const inside = bill.components.filter(
    ({ name, version }) => bundled.has(`${name} ${version}`) || served.includes(name),
  );
  const missing = [...bundled].filter((each) => !inside.some(({ name, version }) => `${name} ${version}` === each));
  if (bundled.size === 0 || missing.length > 0) throw new Error(`not in npm's bill: ${missing.join(', ')}`);
  const { component } = bill.metadata;
  // npm calls it after the folder of the checkout, and what is bundled is a development dependency to npm.
  component.name = 'mesh-cert-monitor';
  component.hashes = [{ alg: 'SHA-256', content: sha256OfPackage }];
  bill.components = inside.map((each) => ({ ...each, scope: 'required', properties: [] }));
  const refs = new Set(inside.map((each) => each['bom-ref']));
  bill.dependencies = [
    { ref: component['bom-ref'], dependsOn: [...refs] },
    ...bill.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
  ];
  bill.serialNumber = `urn:uuid:${uuidFrom(sha256OfPackage)}`;
  bill.metadata.timestamp = new Date(epoch * 1000).toISOString();
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

/** RFC 9562 §5.8: version 8 is for values made in a way of one's own. */
function uuidFrom(hex: string): string {
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

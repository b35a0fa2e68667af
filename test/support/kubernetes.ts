/** helm, and the schemas and types of Kubernetes and the Prometheus operator: installed by `.ci/run` into the folder `KUBERNETES_TOOLS`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { CI, KUBERNETES_TOOLS } = process.env;
if (CI === 'true' && !KUBERNETES_TOOLS) throw new Error('KUBERNETES_TOOLS is not set, and CI needs it');
export const hasKubernetesTools = KUBERNETES_TOOLS !== undefined;
if (!hasKubernetesTools) process.stderr.write('skipped: tests of the Helm chart; KUBERNETES_TOOLS is not set\n');

const tools = resolve(KUBERNETES_TOOLS ?? '.');
export const chart = 'deploy/helm/mesh-cert-monitor';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** @throws {Error} with what helm says. */
export function helm(...args: string[]): string {
  return execFileSync(join(tools, 'helm'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const kubernetes = join(tools, 'node_modules/kubernetes-models');
const operator = join(tools, 'node_modules/@kubernetes-models/prometheus-operator');
const groups: Readonly<Record<string, readonly [root: string, schema: string]>> = {
  v1: [kubernetes, 'IoK8sApiCoreV1'],
  'apps/v1': [kubernetes, 'IoK8sApiAppsV1'],
  'networking.k8s.io/v1': [kubernetes, 'IoK8sApiNetworkingV1'],
  'monitoring.coreos.com/v1': [operator, 'ComGithubPrometheusOperatorPrometheusOperatorPkgApisMonitoringV1'],
};

function placeOf({ apiVersion, kind }: Manifest) {
  const group = groups[apiVersion];
  if (!group) throw new Error(`${apiVersion} ${kind} has no schema here`);
  const [root, prefix] = group;
  return { schema: join(root, `_schemas/${prefix}${kind}.js`), type: join(root, apiVersion, `${kind}.js`) };
}

/** By the JSON schema of its kind: types, formats, required fields. */
export async function schemaProblems(manifest: Manifest): Promise<unknown[]> {
  const { validate } = (await import(pathToFileURL(placeOf(manifest).schema).href)) as {
    validate: ((value: unknown) => boolean) & { errors?: unknown[] };
  };
  return validate(manifest) ? [] : (validate.errors ?? []);
}

/** Fields that no kind has: the schemas allow them, but the types of the same kinds do not. @returns what the compiler says. */
export function unknownFields(manifests: readonly Manifest[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-manifests-'));
  try {
    const lines = manifests.map(
      (each, index) =>
        `import type { I${each.kind} as T${index} } from ${JSON.stringify(placeOf(each).type)};\nexport const m${index}: T${index} = ${JSON.stringify(each, undefined, 1)};\n`,
    );
    writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    execFileSync(resolve('node_modules/.bin/tsc'), [...options, 'manifests.ts'], { cwd: folder, encoding: 'utf8' });
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfiguration } from '../../src/config/parse.ts';
import {
  chart,
  hasKubernetesTools,
  helm,
  type Manifest,
  schemaProblems,
  unknownFields,
} from '../support/kubernetes.ts';

const fullValues = join(chart, 'ci/full-values.yaml');
const full = () => rendered('--values', fullValues);

function rendered(...args: string[]): Manifest[] {
  const text = helm('template', 'mesh', chart, '--namespace', 'mesh', ...args);
  return parseAllDocuments(text).flatMap((each) => (each.toJS() ? [each.toJS() as Manifest] : []));
}

// biome-ignore lint/suspicious/noExplicitAny: a manifest has many shapes, which the schemas check.
const one = (manifests: readonly Manifest[], kind: string): any => {
  const found = manifests.filter((each) => each.kind === kind);
  expect(found.length, kind).toBeGreaterThan(0);
  return found[0];
};

test('chart and application have the version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version });
});

describe.skipIf(!hasKubernetesTools)('the Helm chart', () => {
  let manifests: Manifest[];
  beforeAll(() => {
    manifests = full();
  });

  test('has nothing that helm complains about', () => {
    expect(helm('lint', chart, '--strict', '--values', fullValues)).toContain('0 chart(s) failed');
  });

  test('renders every kind that it promises', () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'PersistentVolumeClaim',
      'PrometheusRule',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
  });

  test('renders what the schemas of Kubernetes and of the Prometheus operator allow', async () => {
    for (const each of manifests) expect(await schemaProblems(each), `${each.kind} ${each.metadata.name}`).toEqual([]);
    const wrong = structuredClone(one(manifests, 'Deployment'));
    wrong.spec.replicas = 'one';
    expect(await schemaProblems(wrong)).not.toEqual([]);
  });

  test('renders no field that does not exist', () => {
    expect(unknownFields(manifests)).toBe('');
    const wrong = structuredClone(one(manifests, 'Deployment'));
    wrong.spec.template.spec.containers[0].securityContext.readOnlyRootFileSystem = true;
    expect(unknownFields([wrong])).toContain('readOnlyRootFileSystem');
  });

  test('runs as one process that is not root, on a root file system that nothing writes to', () => {
    const { replicas, strategy, template } = one(manifests, 'Deployment').spec;
    expect([replicas, strategy.type]).toEqual([1, 'Recreate']);
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
    expect(template.spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(template.spec.automountServiceAccountToken).toBe(false);
    const secret = template.spec.volumes.find((each: { name: string }) => each.name === 'secret-mesh-production');
    expect(secret.secret.defaultMode).toBe(0o440);
  });

  test('writes a configuration that the service takes', () => {
    const text = one(manifests, 'ConfigMap').data['config.yaml'];
    const configuration = parseConfiguration(text, '/etc/mesh-cert-monitor/config.yaml');
    expect(configuration).toMatchObject({
      stateDir: '/var/lib/mesh-cert-monitor',
      http: { host: '0.0.0.0', port: 9807 },
      environments: [{ name: 'production' }],
    });
  });

  test('the job of the series is the one that the rules expect', () => {
    const { jobLabel, selector } = one(manifests, 'ServiceMonitor').spec;
    expect(selector.matchLabels[jobLabel]).toBe('mesh-cert-monitor');
    expect(one(manifests, 'Service').metadata.labels[jobLabel]).toBe('mesh-cert-monitor');
  });

  test('its rules are the rules, with the links that the values give', () => {
    const rules = readFileSync('alerts/mesh-cert-monitor.rules.yaml', 'utf8');
    const linked = rules.replaceAll('https://mesh-cert-monitor.example', 'https://docs.example.nhs.uk');
    expect(one(manifests, 'PrometheusRule').spec).toEqual(parse(linked));
  });

  test('its dashboards are the dashboards', () => {
    for (const name of ['overview', 'environment']) {
      const map = manifests.find(({ metadata }) => metadata.name.endsWith(name)) as unknown as {
        data: Record<string, string>;
      };
      const [text = ''] = Object.values(map.data);
      expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(`grafana/dashboards/${name}.json`, 'utf8')));
    }
  });

  test('with TLS it is probed and scraped over HTTPS', () => {
    const tls = rendered('--values', fullValues, '--set', 'config.http.tls.certificate.file=/secrets/tls/tls.crt');
    const [container] = one(tls, 'Deployment').spec.template.spec.containers;
    expect(container.livenessProbe.httpGet.scheme).toBe('HTTPS');
    expect(one(tls, 'ServiceMonitor').spec.endpoints[0].scheme).toBe('https');
  });

  test('by default nothing that needs an operator or a network plugin is rendered', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-values-'));
    try {
      const { config } = parse(readFileSync(fullValues, 'utf8')) as { config: object };
      writeFileSync(join(folder, 'values.yaml'), JSON.stringify({ config }));
      const kinds = rendered('--values', join(folder, 'values.yaml')).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual(['ConfigMap', 'Deployment', 'PersistentVolumeClaim', 'Service', 'ServiceAccount']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const wrong: [string, string[], RegExp][] = [
    ['no configuration', [], /config is empty: set the configuration/],
    ['a misspelt value', ['--values', fullValues, '--set', 'persistance.enabled=false'], /persistance/],
    ['a state directory elsewhere', ['--values', fullValues, '--set', 'config.state_dir=/tmp'], /state_dir/],
    ['a secret whose name cannot be a volume', ['--values', fullValues, '--set', 'secrets={A_B}'], /secrets/],
  ];
  test.each(wrong)('%s is refused', (_, args, sentence) => {
    expect(() => helm('template', 'mesh', chart, ...args)).toThrow(sentence);
  });
});

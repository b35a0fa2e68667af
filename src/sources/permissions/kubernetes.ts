import { joined, say } from '../../text/index.ts';
import type { StoreSource } from '../types.ts';
import { distinct, ofKind, type Policy } from './policy.ts';

/** One Role for each namespace. */
export function kubernetesPolicy(sources: readonly StoreSource[], written: readonly StoreSource[]): Policy[] {
  const secrets = ofKind(sources, 'kubernetes_secret');
  const namesIn = (all: readonly StoreSource[], namespace: string) =>
    distinct(
      ofKind(all, 'kubernetes_secret')
        .filter((each) => each.namespace === namespace)
        .map(({ name }) => name),
    );
  const rule = (resourceNames: readonly string[], verb: 'get' | 'patch') => ({
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames,
    verbs: [verb],
  });
  const roles = distinct(secrets.map(({ namespace }) => namespace)).map((namespace) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'mesh-cert-monitor', namespace },
    rules: [
      rule(namesIn(sources, namespace), 'get'),
      ...[namesIn(written, namespace)].filter(({ length }) => length > 0).map((names) => rule(names, 'patch')),
    ],
  }));
  if (roles.length === 0) return [];
  const documents = roles.map(({ metadata, rules }) =>
    joined(
      [
        say`apiVersion: rbac.authorization.k8s.io/v1`,
        say`kind: Role`,
        say`metadata: { name: ${metadata.name}, namespace: ${metadata.namespace} }`,
        say`rules:`,
        ...rules.flatMap(({ resourceNames, verbs }) => [
          say`  - apiGroups: [""]`,
          say`    resources: [secrets]`,
          say`    resourceNames: ${JSON.stringify(resourceNames)}`,
          say`    verbs: ${JSON.stringify(verbs)}`,
        ]),
      ],
      '\n',
    ),
  );
  return [
    {
      store: 'kubernetes',
      title: 'Kubernetes: a Role, to be bound to the service account of this service',
      text: joined(
        documents.flatMap((document, index) => (index === 0 ? [document] : [say`---`, document])),
        '\n',
      ),
      value: roles,
    },
  ];
}

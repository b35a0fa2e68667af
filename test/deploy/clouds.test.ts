/** Nothing here runs on AWS or Azure. What the files have in common with the program and the container image is held together. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (path: string) => parse(readFileSync(`deploy/${path}`, 'utf8'));
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const dockerfile = readFileSync('Dockerfile', 'utf8');
const [, user = ''] = /^USER (\S+)$/m.exec(dockerfile) ?? [];
const port = Number(/^EXPOSE (\d+)$/m.exec(dockerfile)?.[1]);
const stateDir = /^VOLUME (\S+)$/m.exec(dockerfile)?.[1];

test('ECS: one container, as the image’s user on a read-only root, with the image’s port and state directory', () => {
  const { containerDefinitions } = read('aws/task-definition.json');
  expect(containerDefinitions).toHaveLength(1);
  const [container] = containerDefinitions;
  expect(container).toMatchObject({ user, readonlyRootFilesystem: true, portMappings: [{ containerPort: port }] });
  expect(container.image).toMatch(new RegExp(`:${version}$`));
  expect(container.linuxParameters.capabilities.drop).toEqual(['ALL']);
  expect(container.mountPoints).toContainEqual({ sourceVolume: 'state', containerPath: stateDir });
  expect(container.healthCheck.command.at(-1)).toContain(`127.0.0.1:${port}/health/live`);
});

test('Copilot: never two at once, with the image’s port and state directory, and secrets by name only', () => {
  const manifest = read('aws/copilot-manifest.yml');
  expect(manifest).toMatchObject({ count: 1, deployment: { rolling: 'recreate' }, image: { port } });
  expect(manifest.storage).toMatchObject({ readonly_fs: true, volumes: { state: { path: stateDir } } });
  for (const name of Object.values(manifest.secrets)) expect(name).toMatch(/^\/copilot\//);
});

test('Container Apps: one replica, with the image’s port and state directory, and secrets from the key vault', () => {
  const { configuration, template } = read('azure/container-app.yaml').properties;
  expect(configuration.ingress).toMatchObject({ external: false, targetPort: port });
  expect(template.scale).toEqual({ minReplicas: 1, maxReplicas: 1 });
  const [container] = template.containers;
  expect(container.image).toMatch(new RegExp(`:${version}$`));
  expect(container.volumeMounts).toContainEqual({ volumeName: 'state', mountPath: stateDir });
  const declared = configuration.secrets.map(({ name }: { name: string }) => name);
  for (const { secretRef } of container.env) expect(declared).toContain(secretRef);
});

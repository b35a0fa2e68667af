/** How a value, a secret or material is written in the file. */
import * as z from 'zod';
import * as formats from './formats.ts';
import { text } from './shapes.ts';

export const path = text('a path', formats.path);
const file = z.strictObject({ file: path.describe('Path, relative to the configuration file.') });
const variable = z.strictObject({
  env: text('the name of an environment variable', formats.variableName).describe('Name of an environment variable.'),
});
const awsParameter = z.strictObject({
  aws_ssm: text('the name of a parameter', formats.awsParameter).describe(
    'Name or ARN of a parameter in AWS Systems Manager Parameter Store.',
  ),
});
const awsSecret = z.strictObject({
  aws_secret: text('the name of a secret', formats.awsSecret).describe(
    'Name or ARN of a secret in AWS Secrets Manager.',
  ),
  json_key: text('a key', formats.storeKey)
    .optional()
    .describe('Which value of a secret that is a JSON object. Default: the whole secret.'),
});

const vaultUrl = text('the https URL of a vault', formats.httpsUrl).describe(
  'URL of the vault, such as https://mesh.vault.azure.net.',
);
const azureSecret = z.strictObject({
  azure_secret: text('the name of a secret', formats.azureName).describe('Name of a secret in Azure Key Vault.'),
  vault: vaultUrl,
});
const azureCertificate = z.strictObject({
  azure_certificate: text('the name of a certificate', formats.azureName).describe(
    'Name of a certificate in Azure Key Vault, with its key: PKCS#12 or PEM.',
  ),
  vault: vaultUrl,
});

const vaultSecret = z.strictObject({
  vault: text('the path of a secret, with its mount, such as kv/mesh/int', formats.vaultPath).describe(
    'Mount and path of a secret in a KV version 2 engine of Vault.',
  ),
  key: text('a key', formats.storeKey).describe('Which value of it.'),
});
const kubernetesSecret = z.strictObject({
  kubernetes_secret: text('the name of a Secret', formats.kubernetesName).describe('Name of a Kubernetes Secret.'),
  key: text('a key', formats.storeKey).describe('Which value of it.'),
  namespace: text('a namespace', formats.kubernetesName).describe('Its namespace.'),
});

const inStores = [awsParameter, awsSecret, azureSecret, azureCertificate, vaultSecret, kubernetesSecret] as const;
const places = [file, variable, ...inStores] as const;

export type LocalForm = string | z.output<typeof file> | z.output<typeof variable>;
export type StoreForm = z.output<(typeof inStores)[number]>;
export type SourceForm = string | z.output<(typeof places)[number]>;

export const sourceKinds: ReadonlySet<string> = new Set(places.flatMap(({ shape }) => Object.keys(shape)));

const place = '{ file: PATH }, { env: NAME }, or a place in a store such as { aws_ssm: NAME }';

/** What can be written to. */
const inStoreOrNot = 'a place in a store, such as { aws_ssm: NAME }';
export const inStore = () =>
  z.union([awsParameter, awsSecret, azureSecret, vaultSecret, kubernetesSecret], { error: inStoreOrNot });

/** A short value: the text itself, or where to find it. */
export const valueOrPlace = `text (with a number in quotes), ${place}`;
export const value = () => z.union([z.string().min(1, { error: valueOrPlace }), ...places], { error: valueOrPlace });

/** Certificates and keys. The minimum length prevents a bare path from being read as PEM. */
const shortestMaterial = 100;
const materialOrPlace = `PEM text, ${place}; a path alone is not accepted`;
export const material = () =>
  z.union([z.string().min(shortestMaterial, { error: materialOrPlace }), ...places], { error: materialOrPlace });

/** What the way into a store needs: not in a store itself. */
const localOrPlace = 'text, { file: PATH } or { env: NAME }';
export const local = () =>
  z.union([z.string().min(1, { error: localOrPlace }), file, variable], { error: localOrPlace });

/** If one of these was expected, the value may be a secret. */
export const secretExpectations: ReadonlySet<string> = new Set([
  valueOrPlace,
  materialOrPlace,
  localOrPlace,
  inStoreOrNot,
]);

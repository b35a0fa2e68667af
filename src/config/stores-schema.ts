/** `stores`: how the secret stores that sources name are reached. */
import * as formats from './formats.ts';
import { section, text } from './shapes.ts';
import { local } from './source-forms.ts';

export const stores = section({
  aws: section({
    region: text('a region such as eu-west-2', formats.awsRegion)
      .optional()
      .describe('Default: AWS_REGION, or the profile’s.'),
    endpoint: text('an http or https URL', formats.endpoint, formats.isUrl)
      .optional()
      .describe('Another address for both services, such as a VPC endpoint’s. Default: AWS’s own for the region.'),
    profile: text('the name of a profile', formats.userName)
      .optional()
      .describe('A profile of the shared configuration files. Default: AWS_PROFILE.'),
  })
    .optional()
    .describe(
      'AWS Systems Manager Parameter Store and Secrets Manager. Credentials come from AWS’s default chain: variables, profile, IRSA, task role, instance profile.',
    ),
  azure: section({
    tenant_id: text('a tenant ID', formats.azureTenant).optional().describe('Default: AZURE_TENANT_ID.'),
    client_id: text('a client ID', formats.azureTenant)
      .optional()
      .describe(
        'Of a user-assigned managed identity or a workload identity. Default: AZURE_CLIENT_ID, or the system’s own identity.',
      ),
    authority: text('an https URL', formats.httpsUrl, formats.isUrl)
      .optional()
      .describe(
        'Microsoft Entra ID of a sovereign cloud. Default: AZURE_AUTHORITY_HOST, or https://login.microsoftonline.com.',
      ),
  })
    .optional()
    .describe(
      'Azure Key Vault. Credentials come from Azure’s default chain: variables, workload identity, managed identity, a developer’s login.',
    ),
  vault: section({
    address: text('an http or https URL', formats.endpoint, formats.isUrl).describe('Address of Vault or OpenBao.'),
    namespace: text('a namespace', formats.mount).optional().describe('Of Vault Enterprise, HCP or OpenBao.'),
    mount: text('a path', formats.mount)
      .optional()
      .describe('Mount of the engine, if there is a slash in its name. Default: the first part of a source’s path.'),
    ca_bundle: local().optional().describe('CA certificates to trust, PEM. Default: the system’s.'),
    auth: section({
      token: local().optional().describe('A token. Something else has to renew it.'),
      app_role: section({
        role_id: local().describe('Role ID.'),
        secret_id: local().describe('Secret ID.'),
        mount: text('a path', formats.mount).default('approle').describe('Where the method is enabled.'),
      })
        .optional()
        .describe('Log in with AppRole.'),
      kubernetes: section({
        role: text('a role', formats.mount).describe('The role in Vault.'),
        token: local()
          .default({ file: '/var/run/secrets/kubernetes.io/serviceaccount/token' })
          .describe('Token of the service account.'),
        mount: text('a path', formats.mount).default('kubernetes').describe('Where the method is enabled.'),
      })
        .optional()
        .describe('Log in with the pod’s service account.'),
    }).describe('Exactly one of token, app_role and kubernetes.'),
  })
    .optional()
    .describe('HashiCorp Vault or OpenBao, KV version 2. Required if a value is kept in it.'),
  kubernetes: section({
    server: text('an https URL', formats.httpsUrl, formats.isUrl)
      .optional()
      .describe('Address of the API server. Default: the cluster that this runs in.'),
    token: local().optional().describe('Token. Default: that of the pod’s service account.'),
    ca_bundle: local().optional().describe('CA certificates of the API server, PEM. Default: the pod’s.'),
  })
    .optional()
    .describe('Secrets from the Kubernetes API server. Nothing is needed in a pod.'),
});

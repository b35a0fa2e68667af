/** Where a value, a secret or material is. */
import type { Secret } from './secret.ts';
import type { StoreProblem } from './store/driver.ts';

/** `stores.aws`. What is absent is found by AWS's own default chain. */
export interface AwsSettings {
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
}

/** `stores.azure`. What is absent is found by Azure's own default chain. */
export interface AzureSettings {
  readonly tenantId?: string;
  /** Of a user-assigned managed identity or a workload identity. */
  readonly clientId?: string;
  /** Of Microsoft Entra ID, for a sovereign cloud. */
  readonly authority?: string;
}

/** At hand, without a store. */
export type LocalSource =
  | { readonly kind: 'inline'; readonly value: Secret }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string };

/** `stores.vault` */
export interface VaultSettings {
  /** Origin, http or https. */
  readonly address: string;
  readonly namespace?: string;
  /** Of an engine with a slash in the name of its mount. */
  readonly mount?: string;
  /** Default: the system's CAs. */
  readonly ca?: LocalSource;
  readonly auth:
    | { readonly kind: 'token'; readonly token: LocalSource }
    | {
        readonly kind: 'app_role';
        readonly mount: string;
        readonly roleId: LocalSource;
        readonly secretId: LocalSource;
      }
    /** `token`: of the service account. */
    | { readonly kind: 'kubernetes'; readonly mount: string; readonly role: string; readonly token: LocalSource };
}

/** `stores.kubernetes`. What is absent is what every pod has. */
export interface KubernetesSettings {
  /** Origin, https. */
  readonly server?: string;
  readonly token?: LocalSource;
  readonly ca?: LocalSource;
}

/** In a store, whose settings go with it. */
export type StoreSource =
  | { readonly kind: 'aws_ssm'; readonly name: string; readonly store: AwsSettings }
  | {
      readonly kind: 'aws_secret';
      /** Name or ARN. */
      readonly id: string;
      /** Default: the whole secret. */
      readonly jsonKey?: string;
      readonly store: AwsSettings;
    }
  | {
      readonly kind: 'azure_secret' | 'azure_certificate';
      readonly name: string;
      /** URL without a slash at the end. */
      readonly vault: string;
      readonly store: AzureSettings;
    }
  /** `path`: the mount, a slash, and the path of the secret in it. */
  | { readonly kind: 'vault'; readonly path: string; readonly key: string; readonly store: VaultSettings }
  | {
      readonly kind: 'kubernetes_secret';
      readonly name: string;
      readonly key: string;
      readonly namespace: string;
      readonly store: KubernetesSettings;
    };

/** Read each time it is needed, so that a rotated secret is noticed. */
export type Source = LocalSource | StoreSource;

/** Content passed in by a program that uses this one as a library; no configuration can contain it. `what`: how messages name it. */
export interface GivenSource {
  readonly kind: 'given';
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** A place that a configuration can name, or content passed in by the caller. */
export type AnySource = Source | GivenSource;
export type SourceKind = AnySource['kind'];

export interface SourceContent {
  readonly bytes: Buffer;
  /** Permission bits (`0o640`) of a file. */
  readonly mode?: number;
  /** Why the store did not answer just now. The bytes are from an earlier time. */
  readonly unavailable?: StoreProblem;
  /** The store keeps it unencrypted. */
  readonly isPlain?: true;
}

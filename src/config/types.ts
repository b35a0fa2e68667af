/** The configuration after parsing: presets and defaults filled in, paths absolute, durations in milliseconds. */
import type { Source, StoreSource } from '../sources/index.ts';

export type PresetName = 'integration' | 'deployment' | 'production' | 'sandbox';
export type ChainOrder = 'root-first' | 'leaf-first';
export type Probe = 'validate' | 'ping';

export interface Contact {
  readonly name: string;
  readonly email: string;
  readonly telephone: string;
}

export interface MeshEndpoint {
  /** Origin only, https, no trailing slash. */
  readonly url: string;
  /** As configured; MESH requires upper case. */
  readonly mailboxId: string;
  readonly password?: Source;
  readonly sharedKey?: Source;
  readonly verifyServer: boolean;
  readonly probe: Probe;
  readonly timeouts: { readonly connectMs: number; readonly tlsMs: number; readonly requestMs: number };
  readonly proxy?: string;
  /** Absent means TLS 1.3. */
  readonly tlsMax?: 'TLSv1.2' | 'TLSv1.3';
  /** Groups for the key exchange, by OpenSSL's names, the preferred one first; absent means OpenSSL's own. */
  readonly tlsGroups?: readonly string[];
  /** What verifies the server's certificate; absent means the bundle alone. */
  readonly trust?: 'bundle' | 'bundle+system';
}

/** PEM parts, or one keystore. */
export type CredentialParts =
  | {
      readonly kind: 'pem';
      readonly certificate: Source;
      readonly privateKey: Source;
      readonly passphrase?: Source;
      readonly caBundle: Source;
    }
  | {
      readonly kind: 'keystore';
      readonly keystore: Source;
      /** Which key entry. Default: the only one. */
      readonly alias?: string;
      readonly passphrase?: Source;
      /** If absent, the CA certificates inside the keystore are the bundle. */
      readonly caBundle?: Source;
    };

export type CredentialSources = CredentialParts & {
  /** What the next deployment gets, judged beside what is deployed. */
  readonly next?: CredentialParts;
};

export interface Thresholds {
  readonly warningMs: number;
  readonly criticalMs: number;
}

export interface RenewalPolicy {
  /** Before notAfter. */
  readonly windowMs: number;
  /** Whom a request goes to. With `manual` the contact too, and only when a person asks for it. */
  readonly mode: 'review' | 'send' | 'manual';
  readonly key: 'new' | 'reuse';
  readonly keyBits: 2048 | 3072 | 4096;
  /** Default: the deployed certificate's, otherwise built from mailbox and ODS code. */
  readonly commonName?: string;
  /** For a new key. Default: the credential's. */
  readonly passphrase?: Source;
  /** Where a new key is kept until its certificate is installed. Default: a file below the state directory. */
  readonly pendingKey?: StoreSource;
  /** Empty for a sandbox, which has no desk and no renewals, and possibly with `manual`. */
  readonly desk: readonly string[];
  /** Working days that the desk needs to answer. */
  readonly deskWorkingDays: number;
  /** Working days without a new certificate after which the contact is reminded. */
  readonly reminderWorkingDays: number;
  readonly enclose: readonly Source[];
  /** Run by `accept --install` once the files are in place: a command and its arguments, without a shell. */
  readonly afterInstall?: readonly string[];
  /** What the desk requires in addition to the CSR, according to the preset. */
  readonly requiresConformanceCertificate: boolean;
}

export interface ResolvedEnvironment {
  readonly name: string;
  readonly preset?: PresetName;
  readonly application: string;
  readonly odsCode: string;
  /** The name of the organisation with that code. */
  readonly organisation?: string;
  readonly contact: Contact;
  readonly mesh: MeshEndpoint;
  readonly credential?: CredentialSources;
  /** The first certificate has been asked for in another way than with `request`. */
  readonly awaitingFirstCertificate?: true;
  readonly chainOrder: ChainOrder;
  readonly thresholds: Thresholds;
  readonly renewal: RenewalPolicy;
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: Source;
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** PEM bundle to trust instead of the system's CAs, for an internal mail server. */
  readonly caBundle?: Source;
}

export interface Configuration {
  /** Absolute path of the file it came from. */
  readonly path: string;
  /** The value of the label `mesh_estate`. */
  readonly estate?: string;
  readonly application: string;
  readonly odsCode: string;
  readonly contact: Contact;
  readonly stateDir: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly tls?: { readonly certificate: Source; readonly privateKey: Source; readonly passphrase?: Source };
    readonly basicAuth?: { readonly username: string } & (
      | { readonly password: Source }
      | { readonly passwordHash: Source }
    );
    /** CA certificates whose client certificates let their holders in. */
    readonly clientCa?: Source;
    /** Addresses, and networks in CIDR notation. */
    readonly trustedProxies?: readonly string[];
  };
  readonly schedule: { readonly check: string; readonly handshake: string; readonly timezone: string };
  /** If absent, messages are written to `stateDir`/outbox. */
  readonly email?: { readonly from: string; readonly smtp?: SmtpServer };
  /** Whom to tell without an Alertmanager. */
  readonly notify?: {
    /** Days before expiry, each of which is one message to the contact. */
    readonly expiryDays: readonly number[];
    readonly webhook?: { readonly url: Source; readonly secret?: Source; readonly format: 'json' | 'teams' | 'slack' };
  };
  readonly environments: readonly ResolvedEnvironment[];
  /** Sentences for the log: valid, but probably not intended. */
  readonly warnings: readonly string[];
  /** SHA-256 of the file's bytes. */
  readonly contentHash: string;
}

/** The options of each command, parsed and checked by `program.ts`. Paths are as typed, relative to the working directory. */

import type { StarterAnswers } from '../config/index.ts';

export interface ServeOptions {
  readonly config: string;
  /** How long to wait for another process that uses the state directory, in milliseconds; 0 is not at all. */
  readonly wait: number;
}

export interface CheckOptions {
  /** Always there without `service`. */
  readonly config?: string;
  /** Ask the running service at this address, or at the one that `config` says. */
  readonly service?: string | true;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  /** CA certificates to trust for the service. */
  readonly caBundle?: string;
  /** Default: every environment. */
  readonly environment?: readonly string[];
  readonly offline: boolean;
  /** Default: now. If set, there are no handshakes, because they always happen now. */
  readonly at?: Date;
  readonly format: 'text' | 'json' | 'nagios';
}

export interface InspectOptions {
  /** Files, folders and patterns, each inspected for what it holds; `-` is standard input, here and below. */
  readonly files?: readonly string[];
  /** `HOST:PORT` of a server whose chain is inspected. */
  readonly connect?: string;
  /** Only what is wrong. */
  readonly quiet?: boolean;
  readonly cert?: string;
  readonly key?: string;
  /** Name of an environment variable; a passphrase is never an argument, because other users can see arguments. */
  readonly passphraseEnv?: string;
  readonly caBundle?: string;
  readonly keystore?: string;
  /** Which key entry of the keystore. */
  readonly alias?: string;
  /** Default: now. */
  readonly at?: Date;
  /** Default: `root-first` for a bundle, either for a chain. */
  readonly chainOrder?: 'root-first' | 'leaf-first';
  readonly format: 'text' | 'json' | 'pem';
}

export interface BundleOptions {
  /** The given files; empty with `environment`. */
  readonly files: readonly string[];
  readonly environment?: 'integration' | 'deployment' | 'production';
  /** A client certificate whose path must hold. */
  readonly for?: string;
  readonly order: 'root-first' | 'leaf-first';
  /** Default: stdout. */
  readonly output?: string;
  readonly inPlace: boolean;
}

export interface RenewOptions {
  readonly config: string;
  readonly environment: string;
  readonly dryRun: boolean;
  /** Default: as configured. */
  readonly key?: 'new' | 'reuse';
  /** The reason to give to the desk. Default: according to the certificate's dates. */
  readonly reason?: string;
  /** Directory for a dry run. Default: `renewal-NAME` in the working directory. */
  readonly output?: string;
}

export interface RequestOptions {
  readonly config: string;
  readonly environment: string;
  readonly dryRun: boolean;
  /** Default: a new one, unless there is a key already: then it has to be said. */
  readonly key?: 'new' | 'existing';
  /** Directory for a dry run. Default: `request-NAME` in the working directory. */
  readonly output?: string;
}

export interface AcceptOptions {
  readonly config: string;
  readonly environment: string;
  /** The file that the desk sent. */
  readonly issued: string;
  readonly install: boolean;
  readonly format: 'text' | 'json';
}

export interface RenewalsOptions {
  readonly config: string;
  readonly format: 'text' | 'json';
}

export interface PermissionsOptions {
  readonly config: string;
  /** Also what `accept --install` writes. */
  readonly install: boolean;
  readonly format: 'text' | 'json';
}

export interface ResolveOptions {
  readonly config: string;
  readonly environment: string;
  readonly outcome: 'sent' | 'not-sent';
}

export interface InitOptions extends Partial<StarterAnswers> {
  /** Default: stdout. */
  readonly output?: string;
}

export interface CompletionOptions {
  readonly environmentsOf?: string;
}

export interface DemoOptions {
  /** 0 means any free port. */
  readonly port: number;
  /** How far in the future the environments are shown, in milliseconds. */
  readonly atMs: number;
}

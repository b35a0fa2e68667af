/** What each command is asked for, after `program.ts` has parsed and checked the words. Paths are as typed: relative to the working directory. */

export interface ServeOptions {
  readonly config: string;
}

export interface CheckOptions {
  readonly config: string;
  /** Absent: every environment. */
  readonly environment?: readonly string[];
  readonly offline: boolean;
  /** Absent: now. Given: without handshakes, which only tell about now. */
  readonly at?: Date;
  readonly format: 'text' | 'json' | 'nagios';
}

export interface InspectOptions {
  readonly cert?: string;
  readonly key?: string;
  /** Name of an environment variable; a passphrase is never an argument, for arguments are public on a machine. */
  readonly passphraseEnv?: string;
  readonly caBundle?: string;
  readonly keystore?: string;
  /** Which key entry of the keystore. */
  readonly alias?: string;
  /** Absent: now. */
  readonly at?: Date;
  readonly chainOrder: 'root-first' | 'leaf-first';
  readonly format: 'text' | 'json';
}

export interface RenewOptions {
  readonly config: string;
  readonly environment: string;
  readonly dryRun: boolean;
  /** Absent: what the configuration says. */
  readonly key?: 'new' | 'reuse';
  /** Directory of a dry run; absent: `renewal-NAME` in the working directory. */
  readonly output?: string;
}

export interface AcceptOptions {
  readonly config: string;
  readonly environment: string;
  /** The file that came back from the desk. */
  readonly issued: string;
  readonly install: boolean;
  readonly format: 'text' | 'json';
}

export interface RenewalsOptions {
  readonly config: string;
  readonly format: 'text' | 'json';
}

export interface ResolveOptions {
  readonly config: string;
  readonly environment: string;
  readonly outcome: 'sent' | 'not-sent';
}

export interface InitOptions {
  /** Absent: stdout. */
  readonly output?: string;
}

export interface DemoOptions {
  /** 0: any free port. */
  readonly port: number;
  /** How far along its life the estate stands, in milliseconds. */
  readonly atMs: number;
}

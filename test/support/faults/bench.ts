/** One healthy environment on disk with a MESH that answers, for a fault to be put into. Everything is read, met and judged as the service does it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createNet, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../../src/config/load.ts';
import type { Configuration, ResolvedEnvironment } from '../../../src/config/types.ts';
import { acceptOrRefuse, alert } from '../../../src/demo/refusing-socket.ts';
import { type Bench as Examining, here } from '../../../src/examine/bench.ts';
import { examine, readAhead } from '../../../src/examine/index.ts';
import { handshake } from '../../../src/mesh/handshake.ts';
import {
  newMemory,
  rememberExamination,
  rememberHandshake,
  rememberRenewal,
  statusFrom,
} from '../../../src/monitor/environment-memory.ts';
import { renewalFindings } from '../../../src/renewal/findings.ts';
import { deploymentOf } from '../../../src/renewal/remedies.ts';
import type { RenewalRecord, RenewalState, RenewalStatus } from '../../../src/renewal/types.ts';
import type { EnvironmentStatus } from '../../../src/status/types.ts';
import { literal, Untrusted } from '../../../src/text/index.ts';
import { dayMs } from '../../../src/time/duration.ts';
import type { Assessment } from '../../../src/verify/types.ts';
import type { Scenario, Server } from '../../scenarios/handshakes.ts';
import { start } from '../mesh/servers.ts';
import { type CertificateOptions, ca, leaf, type Made, type NameInput, serverCertificate } from '../pki.ts';
import { main } from '../service-process.ts';

export const inDays = (days: number, from = new Date()) => new Date(from.getTime() + days * dayMs);
/** Days within the critical threshold that hold the five working days of the desk, whatever bank holidays are near. */
export const daysInTime = 13.5;

/** Root, issuing CA and client, with the names that the NHS uses. */
export interface Pki {
  readonly root: Made;
  readonly sub: Made;
  readonly client: Made;
}

const nhs = (cn: string): NameInput => [{ O: ['nhs'] }, { OU: ['CA'] }, { CN: [cn] }];
/** A name that a fault gives wins. */
const named = (cn: string, { cn: other, ...more }: CertificateOptions = {}): CertificateOptions => ({
  ...(other === undefined ? { subject: nhs(cn) } : { cn: other }),
  ...more,
});

export async function makePki(bend: Partial<Record<keyof Pki, CertificateOptions>> = {}): Promise<Pki> {
  const notBefore = inDays(-1000);
  const root = await ca({ notBefore, ...named('NHS PTL Root Authority G9', bend.root) });
  const sub = await ca({ issuer: root, pathLength: 0, notBefore, ...named('NHS INT Authentication G9', bend.sub) });
  return {
    root,
    sub,
    client: await leaf({ issuer: sub, notBefore: inDays(-100), notAfter: inDays(700), ...bend.client }),
  };
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;
export const answering =
  (status: number, body = ''): Answer =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { 'Content-Type': 'application/vnd.mesh.v2+json' }).end(body);
  };

export const passphrase = 'correct horse battery staple';

/** What a fault changes before anything is read. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'fault-'));
  readonly pki: Pki;
  readonly env: Record<string, string | undefined> = {
    KEY_PASSPHRASE: passphrase,
    MAILBOX_PASSWORD: 'password',
    SHARED_KEY: 'TestKey',
  };
  /** The environment as the configuration has it. */
  readonly settings: {
    mesh: Record<string, unknown>;
    credential?: Record<string, unknown> | undefined;
    [key: string]: unknown;
  };
  /** Further top-level keys of the configuration. */
  top: Record<string, unknown> = {};
  server: Made;
  /** What the server sends along with its certificate. */
  serverChain: string;
  /** Whose clients the server accepts. */
  clientCa: string;
  asksForCertificate = true;
  /** The server accepts every client, whatever its certificate. */
  isLenient = false;
  /** The TLS alert with which the server refuses every client. */
  refusal: number | undefined;
  answer: Answer = answering(200);
  /** Answers in MESH's place, or does not. */
  elsewhere: Server | undefined;
  /** Where the files are read and judged. */
  examining: Examining & { stop?(): Promise<void> } = here;
  /** This machine's clock minus the true time. */
  clockMs = 0;
  watchedForMs = 0;
  renewal: {
    state: RenewalState;
    first?: NonNullable<RenewalStatus['first']>;
    record?: Partial<RenewalRecord>;
    problem?: object;
    keyMissing?: boolean;
  } = {
    state: 'not_due',
  };

  constructor(pki: Pki, server: Made) {
    this.pki = pki;
    this.server = server;
    this.serverChain = pki.sub.pem;
    this.clientCa = pki.root.pem + pki.sub.pem;
    this.deploy(pki);
    this.settings = {
      name: 'integration',
      preset: 'integration',
      mesh: { mailbox_id: 'X26ABC1', password: { env: 'MAILBOX_PASSWORD' }, shared_key: { env: 'SHARED_KEY' } },
      credential: {
        certificate: { file: 'client.pem' },
        private_key: { file: 'private_key.pem' },
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: 'ca_bundle.pem' },
      },
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array, mode = 0o644): void {
    rmSync(this.path(name), { force: true });
    writeFileSync(this.path(name), content, { mode });
  }

  remove(...names: string[]): void {
    for (const name of names) rmSync(this.path(name), { force: true });
  }

  /** Certificate, key and bundle, root first. */
  deploy({ root, sub, client }: Pki): void {
    this.write('client.pem', client.pem);
    this.write('private_key.pem', client.encryptedKeyPem(passphrase), 0o600);
    this.write('ca_bundle.pem', root.pem + sub.pem);
  }

  get now(): Date {
    return new Date(Date.now() + this.clockMs);
  }

  #listening: NetServer | undefined;
  readonly #sockets = new Set<Socket>();

  async #serve(): Promise<string> {
    const tls = { cert: this.server.pem + this.serverChain, key: this.server.keyPem, ca: this.clientCa };
    const http = createHttp((request, response) => this.answer(request, response));
    const listener = this.asksForCertificate
      ? createNet((raw) => {
          raw.on('error', () => {});
          acceptOrRefuse(raw, tls, {
            judge: (peer) =>
              this.refusal ??
              (peer.authorized || this.isLenient ? undefined : refusalFor(String(peer.authorizationError))),
            accept: (socket) => http.emit('connection', socket),
          });
        })
      : createHttps(tls, (request, response) => this.answer(request, response));
    listener.on('connection', (socket: Socket) => this.#sockets.add(socket.on('error', () => {})));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    this.#listening = listener;
    return `https://localhost:${(listener.address() as { port: number }).port}`;
  }

  async #close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#listening?.close(resolve));
  }

  get configurationFile(): string {
    return this.path('mesh-cert-monitor.yaml');
  }

  /** JSON is YAML. */
  async #configure(url: string): Promise<Configuration> {
    const { mesh } = this.settings;
    const document = {
      application: 'Mavis',
      ods_code: 'X26',
      contact: { name: 'Sample Contact', email: 'contact@example.nhs.uk', telephone: '0113 000 0000' },
      ...this.top,
      environments: [{ ...this.settings, mesh: { url, ...mesh } }],
    };
    this.write('mesh-cert-monitor.yaml', JSON.stringify(document));
    return loadConfiguration(this.configurationFile);
  }

  /** One cycle and one handshake. */
  async look(): Promise<EnvironmentStatus> {
    const elsewhere =
      this.elsewhere && (await start({ server: this.elsewhere } as Scenario, undefined, undefined as never));
    if (elsewhere?.proxy) this.settings.mesh.proxy = elsewhere.proxy;
    const url = elsewhere?.url ?? (await this.#serve());
    try {
      const configuration = await this.#configure(url);
      const environment = configuration.environments[0] as ResolvedEnvironment;
      const now = this.now;
      const watchingSince = new Date(now.getTime() - this.watchedForMs);
      await readAhead([environment], this.env);
      const examination = await examine(environment, undefined, this.env, now, this.examining);
      let memory = newMemory(environment, { configurationFile: configuration.path, watchingSince });
      memory = rememberExamination(memory, examination, now, now);
      const result = await handshake(environment, examination?.credential, { now: () => this.now, env: this.env });
      memory = rememberHandshake(memory, result, examination?.credential.contentHash);
      memory = rememberRenewal(memory, { ...this.#renewal(environment, examination?.assessment, now), emailed: [] });
      return statusFrom(memory, now);
    } finally {
      await (elsewhere ? elsewhere.stop() : this.#close());
    }
  }

  #renewal(environment: ResolvedEnvironment, assessment: Assessment | undefined, now: Date) {
    const { first, state, record: more, keyMissing = false, problem = {} } = this.renewal;
    const client = assessment?.certificates.find(({ role }) => role === 'client')?.certificate;
    const record =
      more && client
        ? {
            environment: environment.name,
            fingerprintSha256: client.fingerprintSha256,
            state,
            commonName: new Untrusted('x26abc1.x26.api.mesh-client.nhs.uk'),
            serial: client.serial,
            notAfter: client.notAfter,
            transitions: [],
            attempts: 1,
            ...more,
          }
        : undefined;
    const reason = literal('Sample of a reason.');
    const deployed = { environment, configurationFile: this.configurationFile };
    const deployment =
      record && state === 'issued' ? deploymentOf(record as RenewalRecord, deployed, this.path('state')) : undefined;
    const issued = deployment ? { deployment } : {};
    const circumstances = {
      environment,
      reason,
      ...issued,
      keyMissing,
      ...(first ? { first } : {}),
      records: [],
      related: [],
      names: new Set([environment.name]),
      configurationFile: this.configurationFile,
      ...problem,
    };
    const findings = renewalFindings(
      { ...circumstances, ...(assessment ? { assessment } : {}), ...(record ? { record } : {}) } as Parameters<
        typeof renewalFindings
      >[0],
      now,
    );
    return {
      status: { state, reason, ...issued, ...(first ? { first } : {}), ...(record ? { record } : {}) },
      findings,
    };
  }

  /** In a shell, as a person types it. @param answers to what it asks; there is no terminal, so it reads them from standard input. */
  type(command: string, answers = ''): void {
    this.write('mesh-cert-monitor', `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, 0o755);
    const env = { ...process.env, ...this.env, PATH: `${this.folder}:${process.env.PATH}` };
    execFileSync('setsid', ['-w', 'sh', '-c', command], { cwd: '/', env, input: answers, stdio: 'pipe' });
  }

  async end(): Promise<void> {
    await this.examining.stop?.();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const refusalFor = (code: string) => (code === 'CERT_HAS_EXPIRED' ? alert.certificateExpired : alert.unknownCa);

export async function makeBench(bend: Partial<Record<keyof Pki | 'server', CertificateOptions>> = {}): Promise<Bench> {
  const { server, ...others } = bend;
  const pki = await makePki(others);
  return new Bench(pki, await serverFor(pki.sub, server));
}

export const serverFor = (issuer: Made, more: CertificateOptions = {}) =>
  serverCertificate({ issuer, notBefore: inDays(-30), notAfter: inDays(300), ...more });

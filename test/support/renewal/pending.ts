/** A renewal that waits for its certificate: deployed files, a pending key, a request that was sent, all in a temporary folder that is removed after the test. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CredentialSources, ResolvedEnvironment } from '../../../src/config/types.ts';
import type { PrivateKeyHandle } from '../../../src/credential/types.ts';
import { type AcceptResult, acceptIssued } from '../../../src/renewal/issued/accept.ts';
import { draftRequest } from '../../../src/renewal/request/csr.ts';
import { pendingDirectory } from '../../../src/renewal/store/pending-files.ts';
import { openStore, type RenewalStore } from '../../../src/renewal/store/store.ts';
import type { RenewalState, RequestKey, StoredRenewal } from '../../../src/renewal/types.ts';
import { Secret } from '../../../src/sources/secret.ts';
import type { Certificate } from '../../../src/x509/certificate.ts';
import { parseCertificate } from '../../../src/x509/parse.ts';
import { type NhsLikePki, nhsLikePki, signRequest, writePki } from '../pki.ts';
import { commonName, environmentOf } from './samples.ts';

export interface PendingRenewal {
  readonly folder: string;
  readonly stateDir: string;
  readonly pki: NhsLikePki;
  readonly replaced: Certificate;
  readonly environment: ResolvedEnvironment;
  readonly csrPem: string;
  readonly keyFile?: string;
  readonly passphrase: string;
  readonly store: RenewalStore;
  readonly now: Date;
  record(): StoredRenewal;
  /** `accept`, given this file. */
  follow(issued: string | Uint8Array, changes?: Partial<Parameters<typeof acceptIssued>[1]>): Promise<AcceptResult>;
  deployed(): Promise<{ certificate: string; privateKey: string; caBundle: string }>;
}

export async function pendingRenewal(
  options: {
    reuse?: PrivateKeyHandle;
    state?: RenewalState;
    credential?: Partial<Extract<CredentialSources, { kind: 'pem' }>>;
    bundlePem?: string;
    renewal?: Partial<ResolvedEnvironment['renewal']>;
  } = {},
): Promise<PendingRenewal> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-accept-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stateDir = join(folder, 'state');
  const pki = await nhsLikePki();
  const files = await writePki(
    { client: pki.client, bundlePem: options.bundlePem ?? pki.bundlePem },
    { directory: folder },
  );
  const replaced = parseCertificate(pki.client.der);
  const now = new Date();
  const base = environmentOf('integration');
  const environment = {
    ...base,
    credential: {
      kind: 'pem',
      certificate: { kind: 'file', path: files.certificate },
      privateKey: { kind: 'file', path: files.privateKey },
      passphrase: { kind: 'inline', value: new Secret(files.passphrase) },
      caBundle: { kind: 'file', path: files.caBundle },
      ...options.credential,
    },
    renewal: { ...base.renewal, ...options.renewal },
  } as const;

  const key: RequestKey = { environment: environment.name, fingerprintSha256: replaced.fingerprintSha256 };
  const request = await draftRequest({
    commonName,
    key: options.reuse
      ? { kind: 'reuse', handle: options.reuse }
      : { kind: 'new', bits: 2048, passphrase: new Secret(files.passphrase) },
  });
  const keyFile = request.encryptedKeyPem && join(pendingDirectory(key), 'private_key.pem');
  const store = openStore(stateDir, { exclusive: false });
  onTestFinished(() => store.close());
  if (keyFile && request.encryptedKeyPem) {
    await mkdir(dirname(join(stateDir, keyFile)), { recursive: true });
    await writeFile(join(stateDir, keyFile), request.encryptedKeyPem, { mode: 0o600 });
  }
  store.begin({ ...key, commonName, serial: replaced.serial, notAfter: replaced.notAfter }, now, 'found');
  store.transition(key, {
    from: ['not_due'],
    to: options.state ?? 'requested',
    at: now,
    reason: 'sent',
    changes: { spkiSha256: request.spkiSha256, requestedAt: now, ...(keyFile ? { keyFile } : {}) },
  });
  return {
    ...{ folder, stateDir, pki, replaced, environment, store, now },
    csrPem: request.csrPem,
    passphrase: files.passphrase,
    ...(keyFile ? { keyFile: join(stateDir, keyFile) } : {}),
    record: () => store.get(key)!,
    follow: (issued, changes = {}) =>
      acceptIssued(store, {
        environment,
        environments: [environment],
        issued: Buffer.from(issued),
        configurationFile: '/etc/monitor.yaml',
        issuedFile: '/tmp/issued.pem',
        install: false,
        stateDir,
        env: {},
        now,
        ...changes,
      }),
    deployed: async () => ({
      certificate: await readFile(files.certificate, 'utf8'),
      privateKey: await readFile(files.privateKey, 'utf8'),
      caBundle: await readFile(files.caBundle, 'utf8'),
    }),
  };
}

/** As the NHS CA issues it: O and OU added, three years and 30 minutes, a private key usage period. */
export const answer = ({ pki, csrPem, now }: PendingRenewal, notAfter?: Date) =>
  signRequest(pki.sub, csrPem, { notBefore: new Date(now.getTime() - 60_000), ...(notAfter ? { notAfter } : {}) });

import { availableParallelism } from 'node:os';
import {
  type CredentialContent,
  type DeployedCredential,
  type KeyFound,
  packed,
  placesOf,
  unpacked,
} from '../credential/index.ts';
import { finding } from '../findings/index.ts';
import { startedModule } from '../installation/index.ts';
import { limits } from '../limits/index.ts';
import { ThreadDeadlineError, ThreadPool } from '../threads/index.ts';
import type { Certificate } from '../x509/index.ts';
import { type Bench, here, type Judgement, keepAhead, takeAhead } from './bench.ts';
import type { Interpreted, Job } from './thread.ts';

/** Two at least, so that one credential that takes its whole time does not hold up all others. */
const size = Math.min(4, Math.max(2, availableParallelism()));

export interface ThreadedBench extends Bench {
  stop(): Promise<void>;
}

/**
 * Does the work in threads, so that no credential holds up the main loop or another environment. One that uses up its time is ended, and
 * is a finding.
 */
export function benchInThreads(deadlineMs: number = limits.checkMs): ThreadedBench {
  const pool = new ThreadPool(startedModule('examine/thread'), { size, deadlineMs });
  pool.warmUp();
  const shared = new SharedCas();
  const run = (job: Job) => pool.run(packed(job, 'der'));
  return {
    interpret: async (content, ahead) => {
      try {
        const known = shared.byFingerprint();
        const job = { kind: 'interpret', content, ahead, known: new Set(known.keys()) } as const;
        const found = (await run(job)) as Interpreted;
        const credential = unpacked(found.credential, [...known.values()]) as DeployedCredential;
        shared.note(credential.bundle);
        if (ahead) keepAhead(credential, ahead, unpacked(found.judgement, all(credential)) as Judgement);
        return credential;
      } catch (error) {
        if (error instanceof ThreadDeadlineError) return givenUp(content, error);
        throw error;
      }
    },
    judge: async (credential, policy, before, now) => {
      const ahead = before ? undefined : takeAhead(credential, { policy, now });
      if (ahead) return ahead;
      try {
        return unpacked(await run({ kind: 'judge', credential, policy, before, now }), all(credential)) as Judgement;
      } catch (error) {
        if (!(error instanceof ThreadDeadlineError)) throw error;
        return here.judge(
          { ...nothingOf(credential), problems: [giveUp('the credential', error)] },
          policy,
          undefined,
          now,
        );
      }
    },
    async keyIn(bytes) {
      try {
        return (await run({ kind: 'keyIn', bytes })) as KeyFound | undefined;
      } catch (error) {
        if (error instanceof ThreadDeadlineError) return 'unknown';
        throw error;
      }
    },
    stop: () => pool.stop(),
  };
}

/** Most of what crosses are CAs, which the environments of an estate share: those of the last bundles do not cross again. */
class SharedCas {
  readonly #recent = new Map<string, Certificate>();

  /** @param bundle - left out if it is far longer than those that are shared. */
  note(bundle: readonly Certificate[]): void {
    if (bundle.length > mostShared / 2) return;
    for (const each of bundle) {
      this.#recent.delete(each.fingerprintSha256);
      this.#recent.set(each.fingerprintSha256, each);
    }
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= mostShared) return;
      this.#recent.delete(oldest);
    }
  }

  byFingerprint(): ReadonlyMap<string, Certificate> {
    return new Map(this.#recent);
  }
}

const mostShared = 32;

const all = ({ certificate, extraCertificates, bundle }: DeployedCredential): Certificate[] => [
  ...(certificate ? [certificate] : []),
  ...extraCertificates,
  ...bundle,
];

/** Nothing was read, and one finding says why: the last known dates stay. */
function givenUp(content: CredentialContent, error: ThreadDeadlineError): DeployedCredential {
  const { certificate, privateKey, caBundle, keystore } = content.parts;
  return {
    configured: {
      certificate: Boolean(certificate ?? keystore),
      privateKey: Boolean(privateKey ?? keystore),
      caBundle: Boolean(caBundle ?? keystore),
    },
    extraCertificates: [],
    bundle: [],
    problems: [giveUp(placesOf(content), error)],
    contentHash: content.contentHash,
    files: content.files,
  };
}

const nothingOf = ({ configured, contentHash }: DeployedCredential): Omit<DeployedCredential, 'problems'> => ({
  configured,
  contentHash,
  extraCertificates: [],
  bundle: [],
});

const giveUp = (place: string, { message }: ThreadDeadlineError) =>
  finding('check_given_up', `The check of ${place} was given up: ${message}.`, { subject: place });

/** What the service does for many credentials at once: reads their files, and finds out which are certainly as they were. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { type CredentialInputs, type FilesAhead, partSources } from '../credential/index.ts';
import { limits } from '../limits/index.ts';
import { FileLook } from '../marks/index.ts';
import { policyFor } from '../verify/index.ts';
import { type Examination, inputsOf, isGivenUp, needsStore, stillSaysTheSame } from './examine.ts';

export interface Examined {
  readonly environment: ResolvedEnvironment;
  readonly examination: Examination;
}

export interface UnchangedLook {
  /**
   * For each one, whether `examine` would certainly say the same at `now`. It says no whenever there is any doubt: `examine` finds out.
   * A disk that does not answer holds up nobody else for more than two seconds.
   */
  areUnchanged(examined: readonly Examined[], now: Date): Promise<readonly boolean[]>;
  /**
   * The files of these credentials, in the same thread. Left out is whatever cannot be read, or not at once, or is long: whoever wants it reads
   * it, and finds out why.
   */
  files(environments: readonly ResolvedEnvironment[]): Promise<FilesAhead>;
  stop(): void;
}

/**
 * The look of the service, in a thread of its own that ends when there is nothing to look at.
 * @example
 * const look = lookInThread();
 * const [same] = await look.areUnchanged([{ environment, examination }], new Date());
 */
export function lookInThread(): UnchangedLook {
  const files = new FileLook({ mostBytes: limits.sourceBytes });
  return {
    areUnchanged: async (examined, now) => {
      const eligible = examined.map((each) => mayBeUnchanged(each, now));
      const paths = examined.flatMap(({ examination: { credential } }, index) =>
        eligible[index] ? (credential.files ?? []).map(({ path }) => path) : [],
      );
      const marks = (paths.length > 0 ? await files.marks(paths) : []).values();
      return examined.map(({ examination: { credential } }, index) => {
        if (!eligible[index]) return false;
        let same = true;
        // Every mark is taken, also after one that differs: they are in the order of the paths.
        for (const { mark } of credential.files ?? []) same = marks.next().value === mark && same;
        return same;
      });
    },
    files: async (environments) => {
      const paths = [...new Set(environments.flatMap(pathsOf))];
      const found = paths.length > 0 ? await files.files(paths) : [];
      return new Map(paths.flatMap((path, index) => (found[index] ? [[path, found[index]]] : [])));
    },
    stop: () => files.stop(),
  };
}

/** Unless a file has changed. */
function mayBeUnchanged({ environment, examination }: Examined, now: Date): boolean {
  const { credential, judged } = examination;
  if (judged === undefined || judged.sources !== inputsOf(environment)) return false;
  if (needsStore(environment) || environment.credential?.next) return false;
  if (isGivenUp(examination) || !stillSaysTheSame(examination, credential, policyFor(environment), now)) return false;
  return filesOf(judged.sources) === (credential.files?.length ?? 0);
}

function pathsOf(environment: ResolvedEnvironment): string[] {
  const inputs = inputsOf(environment);
  return inputs ? partSources(inputs).flatMap((source) => (source.kind === 'file' ? [source.path] : [])) : [];
}

/** How many of the sources are files. Infinite if one is neither a file nor constant, or a file could be anywhere. */
function filesOf(inputs: CredentialInputs): number {
  let files = 0;
  for (const source of partSources(inputs)) {
    switch (source.kind) {
      case 'file':
        files += 1;
        break;
      // A variable stays what it was when the process started.
      case 'env':
      case 'inline':
      case 'given':
        break;
      default:
        return Number.POSITIVE_INFINITY;
    }
  }
  return files;
}

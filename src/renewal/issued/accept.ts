/** From the file that the desk sent to a renewal in `issued`: which request the file answers, whether it may be used, and recording it. */
import type { ResolvedEnvironment, Variables } from '../../config/index.ts';
import { ourCommand, shellWord } from '../../text/index.ts';
import { londonDay } from '../../time/index.ts';
import type { Certificate } from '../../x509/index.ts';
import { subjectOf } from '../claim.ts';
import { deployedIn } from '../deployed.ts';
import { isFirst } from '../first.ts';
import { reopensAs } from '../reopen.ts';
import { renewalsOf } from '../resolve.ts';
import type { RenewalStore } from '../store/store.ts';
import type { RenewalRecord, RenewalState, StoredRenewal } from '../types.ts';
import { type InstallResult, installAccepted } from './install.ts';
import { spkiSha256 } from './judge.ts';
import { type Accepted, newKeyNeedsNewPassphrase, prepareIssued, type Refused } from './prepare.ts';
import { readIssuedFile } from './read.ts';

export interface AcceptInput {
  readonly environment: ResolvedEnvironment;
  /** Every environment in the configuration. */
  readonly environments: readonly ResolvedEnvironment[];
  readonly issued: Uint8Array;
  readonly install: boolean;
  /** For commands that people are told to type. */
  readonly configurationFile: string;
  readonly issuedFile: string;
  readonly stateDir: string;
  readonly env: Variables;
  readonly now: Date;
}

export type AcceptResult = Refused | (Accepted & { readonly install?: InstallResult });

/** Also `uncertain`, `due` and `failed`: the desk's answer proves that somebody sent the request. */
const awaiting: readonly RenewalState[] = ['requested', 'uncertain', 'failed', 'due', 'issued'];

/** @throws {StoreError} when the record cannot be read or written; nothing is installed then. */
export async function acceptIssued(store: RenewalStore, input: AcceptInput): Promise<AcceptResult> {
  const issued = await certificatesIn(input.issued);
  const keys = new Set(issued.map(spkiSha256));
  const records = await recordsFor(store, input);
  const record = answeredRecord(records, keys);
  if (!isAnswered(record, keys)) {
    const elsewhere = answerOfAnother(store, input, keys);
    if (elsewhere) return { accepted: false, reasons: [elsewhere], notes: [] };
  }
  if (!record) return { accepted: false, reasons: [await whyNoneWaits(input, records, issued)], notes: [] };

  const result = await prepareIssued({ ...input, record });
  if (!result.accepted) return result;

  const moved = store.transition(record, {
    from: awaiting,
    to: 'issued',
    at: input.now,
    reason: `the certificate with serial ${result.certificate.serial} was accepted and now has to be deployed`,
    changes: { issuedFingerprintSha256: result.certificate.fingerprintSha256 },
  });
  if (!moved)
    return {
      accepted: false,
      reasons: ['the renewal changed while the certificate was being checked; try again'],
      notes: [],
    };
  if (!input.install) return result;
  if (result.conflict !== undefined) return { ...result, install: { refused: result.conflict } };
  const newPassphrase = await newKeyNeedsNewPassphrase(input.environment, record, input.env);
  return { ...result, install: await installAccepted(input.environment, result, newPassphrase, input.env, input.now) };
}

/** Its own; if none of those is waiting, also the request that another environment sent for the certificate that is deployed here too. */
async function recordsFor(store: RenewalStore, input: AcceptInput): Promise<StoredRenewal[]> {
  const { environment, environments, env } = input;
  const names = new Set(environments.map(({ name }) => name));
  const own = renewalsOf(store, environment, names);
  if (own.some(({ state }) => awaiting.includes(state)) || !environment.credential) return own;
  const deployed = await deployedIn(environment, env);
  const others = store.related(environment.name, subjectOf(environment), deployed);
  return [...own, ...others.filter(({ fingerprintSha256 }) => fingerprintSha256 === deployed)];
}

async function certificatesIn(issued: Uint8Array): Promise<readonly Certificate[]> {
  const file = await readIssuedFile(issued);
  return 'refused' in file ? [] : file.certificates;
}

/** It may be in place already, here or in another environment that shares it, or another one was when its request ended. */
async function whyNoneWaits(
  { environment, env }: AcceptInput,
  records: readonly StoredRenewal[],
  issued: readonly Certificate[],
): Promise<string> {
  const { name } = environment;
  const fingerprints = issued.map(({ fingerprintSha256 }) => fingerprintSha256);
  const isGiven = (fingerprint: string | undefined) => fingerprint !== undefined && fingerprints.includes(fingerprint);
  const over = records.filter(({ state }) => state === 'deployed');
  const done = over.findLast(({ successorFingerprintSha256: successor }) => isGiven(successor));
  if (isGiven(await deployedIn(environment, env)))
    return `it is deployed for ${name} already${done ? `: its renewal ended ${endOf(done)}` : ''}`;
  if (done && done.environment !== name)
    return `it answers the request of ${done.environment}, and is deployed there. Put the same certificate, key and CA bundle in place for ${name} too`;
  const keys = new Set(issued.map(spkiSha256));
  const last = done ?? over.findLast((record) => isAnswered(record, keys));
  if (!last) return `no request for ${name} is waiting for a certificate`;
  const ended = `the request that it answers ended ${endOf(last)}`;
  if (done) return `${ended}, when it was deployed`;
  return `${ended}, when another certificate was deployed for ${last.environment}${goesOn(last, name) ? useItAllTheSame : ''}`;
}

const endOf = ({ closedAt, transitions }: RenewalRecord): string => {
  const end = transitions.findLast(({ state }) => state === 'deployed')?.at ?? closedAt;
  return end ? `on ${londonDay(end)}` : 'earlier';
};

/** Whether its request waits again once the certificate from before is deployed again. */
function goesOn(record: StoredRenewal, name: string): boolean {
  const to = reopensAs(record);
  return record.environment === name && !isFirst(record) && to !== undefined && awaiting.includes(to);
}

const useItAllTheSame =
  '. To use this one all the same, deploy the certificate from before that again, wait for the next check of the service, and run this command again';

const isAnswered = (record: RenewalRecord | undefined, keys: ReadonlySet<string>): boolean =>
  record?.spkiSha256 !== undefined && keys.has(record.spkiSha256);

/** The one whose key is in the certificate; if there is none, the latest that is waiting, so that the mismatch can be explained. */
function answeredRecord(records: readonly StoredRenewal[], keys: ReadonlySet<string>): StoredRenewal | undefined {
  const waiting = records.filter(({ state, spkiSha256: key }) => key !== undefined && awaiting.includes(state));
  return waiting.findLast((record) => isAnswered(record, keys)) ?? waiting.at(-1);
}

/** Replies of several environments get mixed up easily: then the request that this one answers is recorded here too. */
function answerOfAnother(store: RenewalStore, input: AcceptInput, keys: ReadonlySet<string>): string | undefined {
  const { environments, configurationFile, issuedFile, install } = input;
  const record = awaiting.flatMap((state) => store.inState(state)).findLast((each) => isAnswered(each, keys));
  const other = environments.find(({ name }) => name === record?.environment);
  if (!other || other.name === input.environment.name) return undefined;
  const options = `${install ? '--install ' : ''}${shellWord(issuedFile)}`;
  const command = ourCommand('accept', { configurationFile, environment: other.name }, options);
  return `it is the answer to the request of ${other.name}, not of ${input.environment.name}. Run \`${command}\``;
}

/**
 * Other environments that name the places where the new certificate goes. What one of them works with must not be overwritten by the answer
 * to another's request: it is only where both have the same key and certificate, and the new one renews what both have now.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type CredentialParts,
  ownPlaces,
  placeOf,
  type ResolvedEnvironment,
  type Source,
  sourceLabel,
  targetOf,
  type Variables,
} from '../../config/index.ts';
import { readCredential } from '../../credential/index.ts';
import { policyFor } from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';
import type { RenewalRecord } from '../types.ts';

export interface Sharing {
  /** Why nothing must be put where the configuration says. */
  readonly conflict?: string;
  readonly notes: readonly string[];
}

interface SharingInput {
  readonly environment: ResolvedEnvironment;
  readonly environments: readonly ResolvedEnvironment[];
  readonly record: RenewalRecord;
  readonly certificate: Certificate;
  readonly env: Variables;
}

export async function sharingOf(input: SharingInput): Promise<Sharing> {
  const { environment, environments, record } = input;
  const parts = targetOf(environment)?.parts;
  if (!parts) return { notes: [] };
  const ours = await placesIn(parts);
  const changed = keepsKey(record) ? ours.filter(({ key }) => key !== 'private_key') : ours;
  const bundle = await bundleOf(parts);
  const sharers: ResolvedEnvironment[] = [];
  for (const other of environments) {
    if (other.name === environment.name) continue;
    const theirs = await othersPlaces(other);
    const hit =
      changed.find(({ place }) => theirs.own.has(place) || theirs.bundles.has(place)) ??
      bundle.find(({ place }) => theirs.own.has(place));
    if (!hit) continue;
    const isOne = theirs.credentials.some((each) => isSame(each, ours));
    const why = isOne ? await whyNotForBoth(input, other, parts) : undefined;
    if (!isOne || why !== undefined) return { conflict: conflict(environment, other, hit.source, why), notes: [] };
    sharers.push(other);
  }
  return {
    notes: sharers.map(
      ({ name }) => `${name} has the same key and certificate configured: this replaces them for ${name} too`,
    ),
  };
}

const keepsKey = ({ keyFile, keyPlace }: RenewalRecord): boolean => (keyFile ?? keyPlace) === undefined;

function conflict({ name }: ResolvedEnvironment, other: ResolvedEnvironment, source: Source, why?: string): string {
  const because = why === undefined ? '' : `, and ${why}`;
  return `${sourceLabel(source)} is also configured for ${other.name}${because}. Its credential would be overwritten. In the configuration, give ${name} places of its own below credential; then run this command again, with --install`;
}

const pemReplaced = { kept: ['certificate'], new: ['certificate', 'privateKey'] } as const;

/** Whether the new certificate can take the place of what both have. */
async function whyNotForBoth(
  { environment, record, certificate, env }: SharingInput,
  other: ResolvedEnvironment,
  parts: CredentialParts,
): Promise<string | undefined> {
  const there = await readCredential(parts, env);
  const replaced = parts.kind === 'keystore' ? ['keystore' as const] : pemReplaced[keepsKey(record) ? 'kept' : 'new'];
  if (replaced.every((part) => there.missing?.includes(part))) return undefined;
  const now = there.certificate;
  if (now?.fingerprintSha256 === certificate.fingerprintSha256) return undefined;
  if (now?.fingerprintSha256 !== record.fingerprintSha256)
    return 'what is there now is not the certificate that this one renews';
  if (policyFor(environment).pki !== policyFor(other).pki) return 'no certificate works in both';
  const [before, after] = [now, certificate].map(({ subject }) => subject.commonName?.raw().toLowerCase());
  return before === after ? undefined : 'the new certificate has another common name';
}

interface Place {
  /** As the configuration calls it. */
  readonly key: string;
  readonly source: Source;
  readonly place: string;
}

const placesIn = (parts: CredentialParts): Promise<Place[]> => located(ownPlaces(parts));

const bundleOf = ({ caBundle }: CredentialParts): Promise<Place[]> =>
  located(caBundle ? [{ key: 'ca_bundle', source: caBundle }] : []);

/** `own`: what nobody else may write to. */
async function othersPlaces({ credential, renewal }: ResolvedEnvironment) {
  const parts = [credential, credential?.next].filter((each) => each !== undefined);
  const credentials = await Promise.all(parts.map(placesIn));
  const pending = await located(renewal.pendingKey ? [{ key: 'pending_key', source: renewal.pendingKey }] : []);
  const bundles = (await Promise.all(parts.map(bundleOf))).flat();
  return {
    credentials,
    own: new Set([...credentials.flat(), ...pending].map(({ place }) => place)),
    bundles: new Set(bundles.map(({ place }) => place)),
  };
}

const isSame = (one: readonly Place[], other: readonly Place[]): boolean =>
  one.length === other.length &&
  one.every(({ key, place }, index) => {
    const counterpart = other[index];
    return counterpart?.key === key && counterpart.place === place;
  });

async function located(named: readonly { readonly key: string; readonly source: Source }[]): Promise<Place[]> {
  const places = await Promise.all(
    named.map(async (each) => {
      const place = placeOf(each.source);
      return place === undefined ? [] : [{ ...each, place: each.source.kind === 'file' ? await real(place) : place }];
    }),
  );
  return places.flat();
}

/** Through links, also for a file that is not there yet. */
async function real(path: string): Promise<string> {
  const folder = async () => join(await realpath(dirname(path)), basename(path));
  return realpath(path)
    .catch(folder)
    .catch(() => path);
}

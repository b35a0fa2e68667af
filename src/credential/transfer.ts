/**
 * Credentials and what is said of them, on the way to another thread and back. Threads exchange data only, so what is more than data (text
 * of others, secrets, the private key) is written as data and made again on the other side. The key itself is not copied: both sides
 * hold OpenSSL's one object.
 */
import type { KeyObject } from 'node:crypto';
import { Secret } from '../config/index.ts';
import { Untrusted } from '../text/index.ts';
import { type Certificate, knownCertificate, type PublicKeyFacts, parseCertificate } from '../x509/index.ts';
import { DeployedKey } from './key-handle.ts';

/**
 * How a certificate crosses. `facts`: with everything that was read from it, so that the other side does not have to. `der`: its bytes.
 * `name`: its fingerprint, because the other side has it.
 */
export type CertificateForm = 'facts' | 'der' | 'name';

type Marked =
  | { readonly $: 'text'; readonly raw: string }
  | { readonly $: 'secret'; readonly value: string }
  | { readonly $: 'key'; readonly key: KeyObject; readonly encrypted: boolean; readonly facts: unknown }
  | { readonly $: 'octets'; readonly octets: Uint8Array }
  | { readonly $: 'facts'; readonly facts: unknown }
  | { readonly $: 'der'; readonly der: Uint8Array }
  | { readonly $: 'name'; readonly fingerprint: string };

/**
 * As data. An object that occurs twice stays one object.
 * @param theirs - fingerprints of certificates that the other side has: those cross by name.
 */
export function packed(value: unknown, certificates: CertificateForm, theirs?: ReadonlySet<string>): unknown {
  const seen = new Map<object, unknown>();
  const pack = (each: unknown): unknown => {
    if (typeof each !== 'object' || each === null) return each;
    const before = seen.get(each);
    if (before !== undefined) return before;
    const result = marked(each, certificates, theirs, pack) ?? inside(each, pack);
    seen.set(each, result);
    return result;
  };
  return pack(value);
}

/** @param known - the certificates that crossed by name. */
export function unpacked(value: unknown, known: readonly Certificate[] = []): unknown {
  const byName = new Map(known.map((each) => [each.fingerprintSha256, each]));
  const seen = new Map<object, unknown>();
  const unpack = (each: unknown): unknown => {
    if (typeof each !== 'object' || each === null) return each;
    const before = seen.get(each);
    if (before !== undefined) return before;
    const result = '$' in each ? restored(each as Marked, byName, unpack) : inside(each, unpack);
    seen.set(each, result);
    return result;
  };
  return unpack(value);
}

/** Undefined for what is data already. */
function marked(
  value: object,
  form: CertificateForm,
  theirs: ReadonlySet<string> | undefined,
  pack: (value: unknown) => unknown,
): Marked | undefined {
  if (value instanceof Untrusted) return { $: 'text', raw: value.raw() };
  if (value instanceof Secret) return { $: 'secret', value: value.reveal() };
  if (value instanceof DeployedKey) {
    const { encrypted, publicKey } = value;
    return { $: 'key', key: value.forAnotherThread(), encrypted, facts: pack(publicKey) };
  }
  // A copy: small ones are part of memory that is shared with others.
  if (Buffer.isBuffer(value)) return { $: 'octets', octets: new Uint8Array(value) };
  if (!isCertificate(value)) return undefined;
  if (form === 'name' || theirs?.has(value.fingerprintSha256))
    return { $: 'name', fingerprint: value.fingerprintSha256 };
  return form === 'der' ? { $: 'der', der: value.der } : { $: 'facts', facts: inside(value, pack) };
}

function restored(value: Marked, byName: ReadonlyMap<string, Certificate>, unpack: (value: unknown) => unknown) {
  switch (value.$) {
    case 'text':
      return new Untrusted(value.raw);
    case 'secret':
      return new Secret(value.value);
    case 'key':
      return new DeployedKey(value.key, value.encrypted, unpack(value.facts) as PublicKeyFacts);
    case 'octets':
      return Buffer.from(value.octets.buffer, value.octets.byteOffset, value.octets.byteLength);
    case 'facts':
      return knownCertificate(inside(value.facts as object, unpack) as Certificate);
    case 'der':
      return parseCertificate(value.der);
    case 'name':
      return byName.get(value.fingerprint);
  }
}

const isCertificate = (value: object): value is Certificate => 'fingerprintSha256' in value && 'der' in value;

function inside(value: object, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (Object.getPrototypeOf(value) === Object.prototype) return changed(value as Record<string, unknown>, change);
  if (value instanceof Date || value instanceof Uint8Array || value instanceof Set) return value;
  throw new Error(`a ${value.constructor?.name ?? 'strange object'} does not cross to another thread`);
}

/** Every name is one of ours. */
function changed(value: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value)) result[name] = change(value[name]);
  return result;
}

/** Which key entry of a keystore is checked. If there are several, Java presents one by the order of a hash table, which nobody can predict. */
import type { Certificate } from '../../x509/index.ts';
import type { DeployedKey } from '../key-handle.ts';
import type { KeyEntry, KeystoreProblem } from './content.ts';

export interface Chosen {
  readonly key?: DeployedKey;
  readonly certificate?: Certificate;
  /** The certificates of the other entries, which are not part of the bundle. */
  readonly foreign: ReadonlySet<Certificate>;
  readonly problems: readonly KeystoreProblem[];
}

type Entry = Pick<KeyEntry, 'alias' | 'key'> & { readonly certificate?: Certificate };

export function choose(
  entries: readonly KeyEntry[],
  parsed: ReadonlyMap<Uint8Array, Certificate>,
  alias: string | undefined,
): Chosen {
  const all = entries.map((entry) => withCertificate(entry, parsed));
  const named = alias === undefined ? all : all.filter((entry) => sameAlias(entry.alias, alias));
  const [chosen] = named.toSorted((one, other) => endOf(one) - endOf(other));
  const foreign = new Set(all.flatMap(({ certificate }) => certificate ?? []));
  if (chosen?.certificate) foreign.delete(chosen.certificate);
  return {
    foreign,
    ...(chosen && { key: chosen.key }),
    ...(chosen?.certificate && { certificate: chosen.certificate }),
    problems: problemsOf(all, named, alias),
  };
}

/** The entry's own certificate. If none is linked to the key, the first with its public key, or else the first of all, so that it can be reported. */
function withCertificate({ alias, key, chain }: KeyEntry, parsed: ReadonlyMap<Uint8Array, Certificate>): Entry {
  const own = chain.map((der) => parsed.get(der)).find((each) => each !== undefined);
  const certificates = [...parsed.values()];
  const certificate =
    own ?? certificates.find(({ publicKey }) => sameBytes(publicKey.spki, key.publicKey.spki)) ?? certificates[0];
  return { key, ...(alias === undefined ? {} : { alias }), ...(certificate && { certificate }) };
}

/** An entry without a certificate is worse than any other. */
const endOf = ({ certificate }: Entry) => certificate?.notAfter.getTime() ?? 0;

/** keytool always writes aliases in lower case. */
const sameAlias = (one: string | undefined, other: string) => one?.toLowerCase() === other.toLowerCase();

function problemsOf(all: readonly Entry[], named: readonly Entry[], alias: string | undefined): KeystoreProblem[] {
  if (alias !== undefined && named.length === 0 && all.length > 0) {
    const message = `it does not have a private key under the configured alias; it has ${list(all.map(nameOf))}`;
    return [{ code: 'keystore_alias_unknown', message }];
  }
  if (named.length < 2) return [];
  const entries = list(named.map((entry) => `${nameOf(entry)} (${describe(entry)})`));
  const message = `it contains ${named.length} private keys, ${entries}; the one that expires first is checked, but Java may present another`;
  return [{ code: 'keystore_has_several_keys', message }];
}

const nameOf = ({ alias }: Entry) => (alias === undefined ? 'one without an alias' : JSON.stringify(alias));

function describe({ certificate }: Entry): string {
  if (!certificate) return 'without a certificate';
  return `${certificate.subject.text}, until ${certificate.notAfter.toISOString().slice(0, 10)}`;
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

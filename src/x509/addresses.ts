/** Where a certificate says that its CRL, its OCSP responder and its issuer's certificate are. For people: nothing is fetched, and nothing depends on it. */
import { Untrusted } from '../text/index.ts';
import type { Certificate } from './certificate.ts';
import {
  children,
  context,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  oid,
  readDer,
  tags,
} from './der.ts';
import { parseGeneralNames } from './general-name.ts';

export interface Addresses {
  readonly crl: readonly Untrusted[];
  readonly ocsp: readonly Untrusted[];
  /** Of the issuer's certificate. */
  readonly issuer: readonly Untrusted[];
}

const distributionPointsOid = '2.5.29.31';
const authorityInformationAccessOid = '1.3.6.1.5.5.7.1.1';
const ocspOid = '1.3.6.1.5.5.7.48.1';
const issuersOid = '1.3.6.1.5.5.7.48.2';
/** No real certificate has more than three. */
const mostOfEach = 16;

/** RFC 5280 §4.2.1.13 and §4.2.2.1. What is malformed says nothing. Read from the DER each time, because only few are ever shown. */
export function addressesOf({ der }: Pick<Certificate, 'der'>): Addresses {
  const access = readable(() => accessDescriptions(extension(der, authorityInformationAccessOid)));
  const of = (method: string) => access.filter((each) => each.method === method).flatMap(({ uris }) => uris);
  return {
    crl: readable(() => crlAddresses(extension(der, distributionPointsOid))).slice(0, mostOfEach),
    ocsp: of(ocspOid).slice(0, mostOfEach),
    issuer: of(issuersOid).slice(0, mostOfEach),
  };
}

function readable<Value>(read: () => Value[]): Value[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}

/** The certificate has been parsed before, so its outer structure is right. */
function extension(der: Uint8Array, wanted: string): DerValue | undefined {
  const what = 'the certificate';
  const outer = new Fields(expectTag(readDer(der, what), tags.sequence, what), what);
  const tbs = children(outer.take(tags.sequence, what), what);
  const list = tbs.find(({ tag }) => tag === context(3));
  if (!list) return undefined;
  for (const each of children(expectTag(readDer(list.body, what), tags.sequence, what), what)) {
    const fields = new Fields(each, what);
    if (oid(fields.any(what), what) !== wanted) continue;
    fields.optional(tags.boolean);
    return expectTag(readDer(fields.take(tags.octetString, what).body, what), tags.sequence, what);
  }
  return undefined;
}

function crlAddresses(value: DerValue | undefined): Untrusted[] {
  const what = 'extension CRL distribution points';
  return (value ? children(value, what) : []).flatMap((point) => {
    const name = new Fields(point, what).optional(context(0));
    const full = name && new Fields(name, what).optional(context(0));
    return full ? urisIn(full, what) : [];
  });
}

function accessDescriptions(value: DerValue | undefined): { method: string; uris: Untrusted[] }[] {
  const what = 'extension authority information access';
  return (value ? children(value, what) : []).map((each) => {
    const fields = new Fields(expectTag(each, tags.sequence, what), what);
    const method = oid(fields.any(what), what);
    const location = fields.any(what);
    const isUri = location.tag === contextPrimitive(6);
    return { method, uris: isUri ? [new Untrusted(Buffer.from(location.body).toString('latin1'))] : [] };
  });
}

const urisIn = (names: DerValue, what: string): Untrusted[] =>
  parseGeneralNames(names, what)
    .filter(({ kind }) => kind === 'uri')
    .map(({ value }) => value);

import 'reflect-metadata';
import { Extension } from '@peculiar/x509';
import { expect, test } from 'vitest';
import { shippedCertificates } from '../../src/bundle/index.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { type Addresses, addressesOf, parseCertificate, readPem } from '../../src/x509/index.ts';
import { generalName, oid } from '../support/extensions.ts';
import { leaf } from '../support/pki.ts';

const shown = (addresses: Addresses) => ({
  crl: addresses.crl.map(({ shown }) => shown),
  ocsp: addresses.ocsp.map(({ shown }) => shown),
  issuer: addresses.issuer.map(({ shown }) => shown),
});
const of = async (...extensions: Extension[]) => shown(addressesOf(parseCertificate((await leaf({ extensions })).der)));
const access = (...descriptions: Uint8Array[]) => new Extension('1.3.6.1.5.5.7.1.1', false, sequence(...descriptions));
const points = (...all: Uint8Array[]) => new Extension('2.5.29.31', false, sequence(...all));
const point = (...names: Uint8Array[]) => sequence(tlv(0xa0, tlv(0xa0, ...names)));
const ocsp = '1.3.6.1.5.5.7.48.1';

test('addresses: those of a real NHS certificate', () => {
  const { pem = '' } = shippedCertificates.find(({ commonName }) => commonName === 'NHS Authentication G2') ?? {};
  const [block] = readPem(pem);
  expect(shown(addressesOf(parseCertificate(block!.bytes!)))).toEqual({
    crl: ['http://crl.nhs.uk/live/G2/root/NHSrootG2.crl'],
    ocsp: ['http://ocsp.nhs.uk/ocsp'],
    issuer: ['http://pki.nhs.uk/live/G2/root/NHSRootAuthorityG2.crt'],
  });
});

test('addresses: a certificate without any has none', async () => {
  expect(await of()).toEqual({ crl: [], ocsp: [], issuer: [] });
});

test('addresses: only URIs count, of every distribution point', async () => {
  const all = points(point(generalName.uri('http://a'), generalName.dns('b')), point(generalName.uri('ldap://c')));
  expect((await of(all)).crl).toEqual(['http://a', 'ldap://c']);
});

test('addresses: what is malformed says nothing', async () => {
  const fine = sequence(oid(ocsp), generalName.uri('http://ocsp'));
  expect((await of(access(fine))).ocsp).toEqual(['http://ocsp']);
  expect((await of(access(fine, sequence(oid(ocsp))))).ocsp).toEqual([]);
  expect((await of(access(tlv(0x02, Buffer.from([1]))))).ocsp).toEqual([]);
});

test('addresses: no more than sixteen, and none that could write on a terminal', async () => {
  const many = access(...Array.from({ length: 40 }, () => sequence(oid(ocsp), generalName.uri('http://\u001b[2J'))));
  const { ocsp: all = [] } = await of(many);
  expect(all).toHaveLength(16);
  expect(all[0]).toBe('http://\\u{1b}[2J');
});

import type { Material } from '../material.ts';
import type { Reader } from '../reader.ts';
import { derReader, pemReader, pkcs7Reader } from './certificates.ts';
import { configurationReader } from './configuration.ts';
import { httpReader } from './http.ts';
import { jksReader, pkcs12Reader } from './keystores.ts';
import { mailReader } from './mail.ts';
import { privateKeyReader } from './private-keys.ts';
import { signedReader } from './signed.ts';
import { smtpReader } from './smtp.ts';

export async function allReaders(material: Material): Promise<readonly Reader[]> {
  return [
    pemReader(material),
    derReader(material),
    signedReader(material),
    pkcs7Reader(material),
    privateKeyReader(material),
    pkcs12Reader(material),
    jksReader(material),
    mailReader(material),
    configurationReader(),
    await httpReader(material),
    await smtpReader(),
  ];
}

/** What came back from the desk, as a mail program saved it. */
import fc from 'fast-check';
import { readIssuedFile } from '../../../src/renewal/issued/read.ts';
import { isTreacherous } from '../../../src/text/index.ts';
import type { Material } from '../material.ts';
import { byteChange, changeBytes } from '../mutations/bytes.ts';
import { changeText, textChange } from '../mutations/text.ts';
import { must, type Reader } from '../reader.ts';

const words = [
  'Content-Type: multipart/mixed; boundary="b"',
  'Content-Type: multipart/mixed; boundary=""',
  'Content-Type: message/rfc822',
  'Content-Type: text/html; charset=utf-16',
  'Content-Type: application/pkcs7-mime; smime-type=enveloped-data',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Disposition: attachment; filename="=?utf-8?B?4oCu?="',
  'Subject: =?utf-8?Q?=E2=80=AE?=',
  '--b',
  '--b--',
  '-----BEGIN CERTIFICATE-----',
  '=3D=\n',
];

function messages({ client, pkcs7 }: Material): string[] {
  const head = 'From: desk@example.org\nTo: contact@example.org\nSubject: Your certificate\nMIME-Version: 1.0\n';
  const parts = (type: string, body: string) =>
    `${head}Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nPlease find it attached.\n\n--b\nContent-Type: ${type}\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="client.p7b"\n\n${body}\n--b--\n`;
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/.{76}/g, '$&\n');
  const attached = parts('application/x-pkcs7-certificates', base64(pkcs7));
  return [
    `${head}\nHere it is:\n\n${client.pem}\nKind regards\n`,
    attached,
    `${head}Content-Type: message/rfc822\n\n${attached}`,
    `${head}Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n${client.pem.replaceAll('=', '=3D')}`,
  ];
}

/** The service reads mail in a thread, commands read one at a time. What it costs must be in proportion to its length. */
const blocksPerOctet = 20;

export function mailReader(material: Material): Reader {
  const bytes = fc.constantFrom(...messages(material)).chain((text) =>
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .array(textChange(words), { minLength: 1, maxLength: 4 })
          .map((all) => Buffer.from(all.reduce(changeText, text))),
      },
      {
        weight: 1,
        arbitrary: fc
          .array(byteChange, { minLength: 1, maxLength: 3 })
          .map((all) => all.reduce(changeBytes, Buffer.from(text))),
      },
    ),
  );
  const inputs = bytes.map((message) => ({
    bytes: message,
    mostBlocks: blocksPerOctet * message.length,
    read: () => read(message),
  }));
  return { name: 'mail', share: 8, inputs };
}

async function read(message: Buffer) {
  const issued = await readIssuedFile(message);
  if ('certificates' in issued) {
    must(issued.certificates.length > 0, 'accepted without a certificate');
    return 'accepted';
  }
  must(issued.refused.trim() !== '', 'refused without a reason');
  must(!isTreacherous(issued.refused), 'text of others is shown as it is');
  return 'refused';
}

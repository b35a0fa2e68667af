/** Files that we can read, and MESH clients cannot. */
import { type Finding, finding } from '../findings/index.ts';
import type { Certificate } from '../x509/index.ts';
import { isCertificateLabel } from './certificates.ts';
import type { Form } from './form/form.ts';
import { isAsOpenSslWrites, whyClientsCannotRead } from './form/framing.ts';
import { encryptedLabel, isKeyLabel } from './private-key.ts';
import type { PartContent } from './snapshot.ts';

/** @param entries - what was read from it: those that could not be read are no reason not to ask OpenSSL. */
export function certificatesForClients(
  content: PartContent,
  form: Form,
  entries: readonly (Certificate | undefined)[],
): Finding[] {
  const { bytes } = content;
  if (!bytes || (isWritten(bytes, form) && areAllOf(form, entries))) return [];
  return notForClients(content, whyClientsCannotRead(bytes, form, isCertificateLabel));
}

/** @param form - of a source in which a key was found that could be read. */
export function keyForClients(content: PartContent, form: Form): Finding[] {
  const { bytes } = content;
  // OpenSSL has found an encrypted key, and asks for its passphrase, as soon as its outer structure can be read.
  if (!bytes || (isWritten(bytes, form) && isOneEncryptedKey(form))) return [];
  return notForClients(content, whyClientsCannotRead(bytes, form, isKeyLabel));
}

/** Other software may correct a variable when it writes it to a file, but the client loads a file as it is. */
export function notForClients(content: PartContent, why: string | undefined): Finding[] {
  if (why === undefined) return [];
  const message = `${content.place}: OpenSSL, which MESH clients are built on, cannot read it as it is: ${why}.`;
  const severity = content.kind === 'file' ? 'warning' : 'info';
  return [finding('client_cannot_read_file', message, { subject: content.place, severity })];
}

type Pem = Extract<Form, { kind: 'pem' }>;

const isWritten = (bytes: Buffer, form: Form): form is Pem =>
  form.kind === 'pem' && isAsOpenSslWrites(bytes, form.blocks);

/** Each block is one of these certificates, which OpenSSL has read (see `parseCertificate`). */
const areAllOf = ({ blocks }: Pem, entries: readonly (Certificate | undefined)[]): boolean =>
  blocks.length === entries.length &&
  blocks.every(({ label, bytes }, index) => {
    const der = entries[index]?.der;
    return label === 'CERTIFICATE' && bytes && der && Buffer.compare(bytes, der) === 0;
  });

const isOneEncryptedKey = ({ blocks }: Pem): boolean => blocks.length === 1 && blocks[0]?.label === encryptedLabel;

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCredential } from '../../src/credential/read.ts';
import { createMailer } from '../../src/renewal/mail/mailer.ts';
import { makeDraft, writeDraft } from '../../src/renewal/request/draft.ts';
import { EnclosureRefusedError, readEnclosures } from '../../src/renewal/request/enclosures.ts';
import { leaf } from '../support/pki.ts';
import { startMailServer } from '../support/renewal/mail-server.ts';
import { pendingRenewal } from '../support/renewal/pending.ts';
import { from } from '../support/renewal/samples.ts';
import { inline } from '../support/sources.ts';

const planted = {
  mailboxPassword: 'planted-mailbox-password',
  sharedKey: 'planted-shared-key',
  newPassphrase: 'planted-new-passphrase',
  smtpPassword: 'planted-smtp-password',
};

/** Every part of a mail in the clear, mails inside mails too. */
async function unpacked(bytes: Buffer): Promise<string> {
  const mail: ParsedMail = await simpleParser(bytes);
  const parts = await Promise.all(
    mail.attachments.map(({ contentType, content }) =>
      contentType === 'message/rfc822' ? unpacked(content) : content.toString('latin1'),
    ),
  );
  return [bytes.toString('latin1'), mail.subject, mail.text, ...parts].join('\n');
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}

async function draftWithSecrets(mode: 'send' | 'review') {
  const renewal = await pendingRenewal();
  const base = renewal.environment;
  const environment = {
    ...base,
    mesh: { ...base.mesh, password: inline(planted.mailboxPassword), sharedKey: inline(planted.sharedKey) },
    renewal: { ...base.renewal, mode, passphrase: inline(planted.newPassphrase) },
  };
  const credential = await readCredential(environment.credential!, {});
  const certificate = renewal.replaced;
  const draft = await makeDraft({
    environment,
    certificate,
    credential,
    from,
    env: {},
    configurationFile: '/etc/mesh/c.yaml',
    now: renewal.now,
  });
  return { renewal, draft };
}

describe.each(['send', 'review'] as const)('planted secrets (mode: %s)', (mode) => {
  test('are in no message, no result and no file but the encrypted key, which stays below the state directory', async () => {
    const { renewal, draft } = await draftWithSecrets(mode);
    const { stateDir, folder, now } = renewal;
    await writeDraft(stateDir, 'pending/new', draft);
    const server = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(null, { user: 'x' }),
    });
    onTestFinished(() => server.close());
    const smtp = {
      host: '127.0.0.1',
      port: server.port,
      tls: 'none',
      username: 'x',
      password: inline(planted.smtpPassword),
    } as const;
    const results = [
      await createMailer({ from, smtp }, stateDir, {}).send(draft.message, now),
      await createMailer({ from }, stateDir, {}).send(draft.message, now),
    ];
    expect(results.map(({ outcome }) => outcome)).toEqual(['sent', 'drafted']);

    const keyBody = draft.request.encryptedKeyPem!.split('\n').slice(1, -2).join('\n');
    const forbidden = [...Object.values(planted), renewal.passphrase, 'PRIVATE KEY', keyBody];
    const told = [await unpacked(server.received[0]!.bytes), JSON.stringify(results), JSON.stringify(draft.message)];
    for (const text of told) for (const word of forbidden) expect(text).not.toContain(word);

    const holders: string[] = [];
    for (const file of await filesBelow(folder)) {
      const text = await readFile(file, 'latin1');
      for (const word of [...Object.values(planted), renewal.passphrase]) expect(text).not.toContain(word);
      if (text.includes(keyBody)) holders.push(file);
    }
    expect(holders).toHaveLength(1);
    expect(holders[0]!.startsWith(join(stateDir, 'pending'))).toBe(true);
    expect((await stat(holders[0]!)).mode & 0o777).toBe(0o600);
  });
});

describe('an enclosure', () => {
  async function enclose(name: string, content: string) {
    const renewal = await pendingRenewal();
    const path = join(renewal.folder, name);
    await writeFile(path, content);
    return readEnclosures([{ kind: 'file', path }], {});
  }

  test('is sent under its own name with its type', async () => {
    expect(await enclose('Conformance 2026.PDF', '%PDF-1.7')).toEqual([
      { filename: 'Conformance 2026.PDF', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7') },
    ]);
  });

  test('that holds a private key is refused, encrypted or not, whatever it is called', async () => {
    const { keyPem, encryptedKeyPem } = await leaf({});
    for (const content of [keyPem, `see below\n${encryptedKeyPem('x')}`])
      await expect(enclose('conformance.pdf', content)).rejects.toThrow(EnclosureRefusedError);
  });

  test.each(['client.key', 'mesh.p12', 'mesh.pfx', 'mesh.jks', 'mesh.keystore'])(
    'called %s is refused',
    async (name) => {
      await expect(enclose(name, 'binary')).rejects.toThrow(/contains a private key; it is never sent/);
    },
  );
});

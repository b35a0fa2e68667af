/** The credential's files. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { inDays, makeBench, makePki, passphrase } from '../../support/faults/bench.ts';
import { type KeyKind, leaf } from '../../support/pki.ts';
import type { Fault } from './fault.ts';

const unusable = {
  reason: 'credential_unusable',
  consequences: ['handshake_failed'],
  alert: 'MeshCredentialUnreadable',
} as const;

const made = (change: (bench: Awaited<ReturnType<typeof makeBench>>) => void | Promise<void>) => async () => {
  const bench = await makeBench();
  await change(bench);
  return bench;
};

/** Of the same name, with the deployed key unless another is said. */
const renewed = ({ pki }: Awaited<ReturnType<typeof makeBench>>, days: number, keys?: KeyKind) =>
  leaf({ issuer: pki.sub, keys: keys ?? pki.client.keys, notBefore: inDays(-1), notAfter: inDays(days) });

/** Certificate of the next deployment in `next.pem`; the rest is as it is deployed. */
const madeWithNext = (change: (bench: Awaited<ReturnType<typeof makeBench>>) => Promise<void>) =>
  made(async (bench) => {
    bench.settings.credential = { ...bench.settings.credential, next: { certificate: { file: 'next.pem' } } };
    await change(bench);
  });

/** The one command in the finding's remedy, with the files that it names. */
const run = (command: string, folder: string) => execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' });

export const fileFaults: readonly Fault[] = [
  {
    name: 'The certificate file is missing',
    make: made((bench) => bench.remove('client.pem')),
    cause: 'certificate_unreadable',
    ...unusable,
    first: /^The client certificate \S+client\.pem does not exist\. Put it there/,
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem),
  },
  {
    name: 'A PKCS#12 keystore is configured as the certificate',
    tool: 'openssl',
    make: made((bench) => {
      const words = ['-in', 'client.pem', '-inkey', 'private_key.pem', '-passin', `pass:${passphrase}`];
      const made = ['-passout', 'pass:keystore', '-out', 'client.p12'];
      execFileSync('openssl', ['pkcs12', '-export', ...words, ...made], { cwd: bench.path(''), stdio: 'pipe' });
      bench.settings.credential = { ...bench.settings.credential, certificate: { file: 'client.p12' } };
    }),
    cause: 'certificate_malformed',
    ...unusable,
    headline: /^What is configured as the client certificate is a PKCS#12 keystore/,
    first: /^The client certificate \S+client\.p12 is a PKCS#12 keystore: configure it as `keystore`/,
  },
  {
    name: 'The private key is a folder',
    make: made((bench) => {
      bench.remove('private_key.pem');
      mkdirSync(bench.path('private_key.pem'));
    }),
    cause: 'private_key_unreadable',
    ...unusable,
  },
  {
    name: 'The CA bundle is missing',
    make: made((bench) => bench.remove('ca_bundle.pem')),
    cause: 'ca_bundle_unreadable',
    ...unusable,
    remedy: (bench) => bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem),
  },
  {
    name: 'The folder of all three files is not mounted',
    make: made((bench) => bench.remove('client.pem', 'private_key.pem', 'ca_bundle.pem')),
    cause: 'certificate_unreadable',
    ...unusable,
    consequences: ['ca_bundle_unreadable', 'handshake_failed', 'private_key_unreadable'],
    headline: /^None of the credential’s files can be read/,
    first: /^Check that \S+ is mounted/,
    remedy: (bench) => bench.deploy(bench.pki),
  },
  {
    name: 'The certificate has more values in its name than any real one',
    make: () => makeBench({ client: { subject: [...Array(65).keys()].map((each) => ({ OU: [`unit ${each}`] })) } }),
    cause: 'input_over_limit',
    ...unusable,
  },
  {
    name: 'The certificate was cut off in the email',
    make: made((bench) => bench.write('client.pem', `${bench.pki.client.pem.slice(0, 300)}\n`)),
    cause: 'certificate_malformed',
    ...unusable,
    first: /^Copy the certificate again/,
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem),
  },
  {
    name: 'The private key file holds something else',
    make: made((bench) => bench.write('private_key.pem', 'not a key\n', 0o600)),
    cause: 'private_key_malformed',
    ...unusable,
    remedy: (bench) => bench.write('private_key.pem', bench.pki.client.encryptedKeyPem(passphrase), 0o600),
  },
  {
    name: 'The CA bundle is a web page',
    make: made((bench) => bench.write('ca_bundle.pem', '<!doctype html><title>404</title>\n')),
    cause: 'ca_bundle_malformed',
    ...unusable,
    remedy: (bench) => bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem),
  },
  {
    name: 'The store of the private key does not answer',
    make: made((bench) => {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] ??= 'none';
      bench.top = { stores: { aws: { region: 'eu-west-2', endpoint: 'http://127.0.0.1:1' } } };
      bench.settings.credential = { ...bench.settings.credential, private_key: { aws_ssm: '/mesh/key' } };
    }),
    cause: 'store_unavailable',
    ...unusable,
  },
  {
    name: 'The next deployment brings a certificate without its key',
    make: madeWithNext(async (bench) => bench.write('next.pem', (await renewed(bench, 900, 'rsa-2048')).pem)),
    cause: 'next_certificate_invalid',
    consequences: [],
    first: /^Correct it before the next deployment/,
    remedy: (bench) => bench.write('next.pem', bench.pki.client.pem),
  },
  {
    name: 'The next deployment brings an older certificate',
    make: madeWithNext(async (bench) => bench.write('next.pem', (await renewed(bench, 600)).pem)),
    cause: 'next_certificate_older',
    consequences: [],
    remedy: (bench) => bench.write('next.pem', bench.pki.client.pem),
  },
  {
    name: 'A new certificate waits for the next deployment',
    make: madeWithNext(async (bench) => bench.write('next.pem', (await renewed(bench, 900)).pem)),
    cause: undefined,
    consequences: [],
    information: ['next_certificate_waiting'],
  },
  {
    name: 'The passphrase is not in this process’s environment',
    make: made((bench) => void delete bench.env.KEY_PASSPHRASE),
    cause: 'passphrase_missing',
    ...unusable,
    first: /environment variable KEY_PASSPHRASE/,
    remedy: (bench) => {
      bench.env.KEY_PASSPHRASE = passphrase;
    },
  },
  {
    name: 'The passphrase is of another key',
    make: made((bench) => {
      bench.env.KEY_PASSPHRASE = 'wrong';
    }),
    cause: 'passphrase_wrong',
    ...unusable,
    first: /^Put the passphrase of .*private_key\.pem into environment variable KEY_PASSPHRASE/,
    remedy: (bench) => {
      bench.env.KEY_PASSPHRASE = passphrase;
    },
  },
  {
    name: 'The keystore is damaged',
    make: made((bench) => {
      bench.write('mesh.p12', 'not a keystore', 0o600);
      bench.settings.credential = {
        keystore: { file: 'mesh.p12' },
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: 'ca_bundle.pem' },
      };
    }),
    cause: 'keystore_malformed',
    ...unusable,
  },
  {
    name: 'The alias is not in the keystore',
    tool: 'openssl',
    make: made((bench) => {
      bench.write('plain.pem', bench.pki.client.keyPem, 0o600);
      run(
        `openssl pkcs12 -export -inkey plain.pem -in client.pem -name mesh -out mesh.p12 -passout 'pass:${passphrase}' && chmod 600 mesh.p12`,
        bench.folder,
      );
      bench.settings.credential = {
        keystore: { file: 'mesh.p12' },
        alias: 'messages',
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: 'ca_bundle.pem' },
      };
    }),
    cause: 'keystore_alias_unknown',
    ...unusable,
    first: /^Set `credential\.alias`/,
    remedy: (bench) => {
      (bench.settings.credential as { alias?: string }).alias = 'mesh';
    },
  },
  {
    name: 'The private key is not encrypted',
    make: made((bench) => bench.write('private_key.pem', bench.pki.client.keyPem, 0o600)),
    cause: 'private_key_unencrypted',
    consequences: [],
    first: /openssl pkcs8 -topk8/,
    remedy: (bench) => bench.write('private_key.pem', bench.pki.client.encryptedKeyPem(passphrase), 0o600),
  },
  {
    name: 'Everybody on the machine can read the private key',
    make: made((bench) => chmodSync(bench.path('private_key.pem'), 0o644)),
    cause: 'private_key_permissions',
    consequences: [],
    first: /`chmod 600 \S+private_key\.pem`/,
    typed: true,
  },
  {
    name: 'The certificate file holds the chain as well',
    make: made((bench) => bench.write('client.pem', bench.pki.client.pem + bench.pki.sub.pem)),
    cause: undefined,
    consequences: [],
    information: ['certificate_file_has_extra_certificates'],
  },
  {
    name: 'A Windows shell saved the certificate in UTF-16',
    make: made((bench) => bench.write('client.pem', Buffer.from(`\ufeff${bench.pki.client.pem}`, 'utf16le'))),
    cause: 'client_cannot_read_file',
    consequences: [],
    remedy: (bench) => bench.write('client.pem', bench.pki.client.pem),
  },
  {
    name: 'The keystore has two private keys',
    tool: 'keytool',
    make: made((bench) => {
      bench.write('plain.pem', bench.pki.client.keyPem, 0o600);
      for (const name of ['current', 'old'])
        run(
          `openssl pkcs12 -export -inkey plain.pem -in client.pem -name ${name} -out ${name}.p12 -passout 'pass:${passphrase}'`,
          bench.folder,
        );
      for (const name of ['current', 'old'])
        run(
          `keytool -importkeystore -srckeystore ${name}.p12 -srcstoretype PKCS12 -srcstorepass '${passphrase}' -destkeystore mesh.p12 -deststoretype PKCS12 -deststorepass '${passphrase}' -noprompt && chmod 600 mesh.p12`,
          bench.folder,
        );
      bench.settings.credential = {
        keystore: { file: 'mesh.p12' },
        passphrase: { env: 'KEY_PASSPHRASE' },
        ca_bundle: { file: 'ca_bundle.pem' },
      };
    }),
    cause: 'keystore_has_several_keys',
    consequences: [],
    first: /keytool -delete -alias|credential\.alias/,
    remedy: (bench) => {
      (bench.settings.credential as { alias?: string }).alias = 'current';
    },
  },
  {
    name: 'The private key belongs to another certificate',
    make: made(async (bench) => {
      const other = await makePki();
      bench.write('private_key.pem', other.client.encryptedKeyPem(passphrase), 0o600);
    }),
    cause: 'key_mismatch',
    consequences: ['handshake_failed'],
    reason: 'credential_unusable',
    alert: 'MeshKeyMismatch',
    remedy: (bench) => bench.write('private_key.pem', bench.pki.client.encryptedKeyPem(passphrase), 0o600),
  },
];

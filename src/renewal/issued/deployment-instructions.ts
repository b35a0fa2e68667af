/** Where to put what: one instruction for each place that the configuration names. Pure. */
import { type CredentialSources, type ResolvedEnvironment, type Source, sourceLabel } from '../../config/index.ts';
import { londonTime } from '../../time/index.ts';
import type { Certificate } from '../../x509/index.ts';

/** Absolute paths, all below the state directory. */
export interface LaidOutFiles {
  readonly certificate: string;
  readonly caBundle: string;
  readonly instructions: string;
  /** Absent when the deployed key is kept. */
  readonly privateKey?: string;
}

interface Deployment {
  readonly certificate: Certificate;
  /** From the certificate to the root. */
  readonly path: readonly Certificate[];
  /** The new key opens with another passphrase than the deployed one. */
  readonly newPassphrase: boolean;
}

/** INSTRUCTIONS.txt, for the person who deploys: names and paths, never a secret. */
export function deploymentInstructions(
  environment: ResolvedEnvironment,
  files: LaidOutFiles,
  { certificate, path, newPassphrase }: Deployment,
): string {
  const { credential, name, application } = environment;
  const steps = credential
    ? stepsFor(credential, environment, files, newPassphrase)
    : ['No credential is configured yet: choose its places.'];
  return `New client certificate for ${application}, ${name}

Common name: ${certificate.subject.commonName ?? ''}
Serial number: ${certificate.serial}
SHA-256 fingerprint: ${certificate.fingerprintSha256}
Expires: ${londonTime(certificate.notAfter)}
Path: ${path.map(({ subject }) => subject.commonName ?? subject.text).join(' <- ')}

Certificate and key belong together: deploy them in one go, then restart whatever reads them only at its start.

${steps.map((step, index) => `${index + 1}. ${step}`).join('\n\n')}

When mesh-cert-monitor sees the new certificate deployed and MESH accepts it, it closes the renewal and tells ${environment.contact.name}.
`;
}

function stepsFor(
  credential: CredentialSources,
  { renewal, chainOrder }: ResolvedEnvironment,
  files: LaidOutFiles,
  newPassphrase: boolean,
): string[] {
  const opens = renewal.passphrase && sourceLabel(renewal.passphrase);
  const passphrase =
    newPassphrase && opens
      ? [
          `Passphrase: the new key opens with the one in ${opens}, not with the deployed one; give it to the application too, and let credential.passphrase name it.`,
        ]
      : [];
  if (credential.kind === 'keystore') return [...keystoreSteps(credential, files), ...passphrase];
  return [
    place('Client certificate', credential.certificate, files.certificate, 'credential.certificate'),
    files.privateKey
      ? place('Private key', credential.privateKey, files.privateKey, 'credential.private_key')
      : `Private key: stays as it is (${sourceLabel(credential.privateKey)}).`,
    ...passphrase,
    place(`CA bundle (${chainOrder})`, credential.caBundle, files.caBundle, 'credential.ca_bundle'),
  ];
}

function place(title: string, source: Source, file: string, setting: string): string {
  switch (source.kind) {
    case 'file':
      return `${title}: copy it over ${source.path}, keeping the old one:\n${copyCommands(quoted(file), source.path)}`;
    case 'env':
      return `${title}: put the text of ${file} where the variable ${source.name} comes from, as it is, with line ends written \\n, or in base64:\n   base64 -w0 ${quoted(file)}`;
    case 'inline':
      return `${title}: replace the text under ${setting} in the configuration by that of ${file}.`;
  }
}

function keystoreSteps(credential: Extract<CredentialSources, { kind: 'keystore' }>, files: LaidOutFiles): string[] {
  const { keystore, caBundle } = credential;
  const beside = (name: string) => quoted(files.certificate.replace(/[^/]*$/, name));
  const key = files.privateKey
    ? quoted(files.privateKey)
    : 'DEPLOYED_KEY.pem (from openssl pkcs12 -in OLD.p12 -nocerts -out DEPLOYED_KEY.pem)';
  const makePkcs12 = `Make a PKCS#12 keystore; openssl asks for the key's passphrase, and then for the keystore's:
   openssl pkcs12 -export -name mesh -in ${quoted(files.certificate)} -inkey ${key} -certfile ${quoted(files.caBundle)} -out ${beside('new.p12')}`;
  // keytool would leave a keystore that everybody may read.
  const makeJks = `Make a JKS keystore of it; keytool asks for both passwords:
   (umask 077; keytool -importkeystore -srckeystore ${beside('new.p12')} -srcstoretype PKCS12 -destkeystore ${beside('new.jks')} -deststoretype JKS)`;
  const wantsJks = keystore.kind === 'file' && /\.(jks|keystore)$/i.test(keystore.path);
  const made = beside(wantsJks ? 'new.jks' : 'new.p12');
  return [
    makePkcs12,
    ...(wantsJks ? [makeJks] : []),
    keystore.kind === 'file'
      ? `Keystore: copy it over ${keystore.path}, keeping the old one:\n${copyCommands(made, keystore.path)}`
      : `Keystore: put its base64 where ${sourceLabel(keystore)} comes from:\n   base64 -w0 ${made}`,
    ...(caBundle ? [place('CA bundle', caBundle, files.caBundle, 'credential.ca_bundle')] : []),
  ];
}

/** The copy takes the deployed file's content and leaves its owner and mode. @param from quoted already */
function copyCommands(from: string, to: string): string {
  return `   cp --preserve=all ${quoted(to)} ${quoted(`${to}.previous`)}\n   cp --no-preserve=mode ${from} ${quoted(to)}`;
}

/** For a POSIX shell. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Where to put each file: one instruction for each place that the configuration names. Pure. */
import { type CredentialSources, type ResolvedEnvironment, type Source, sourceLabel } from '../../config/index.ts';
import { joined, type SafeText, say, shellWord } from '../../text/index.ts';
import { londonTime } from '../../time/index.ts';
import { type Certificate, nameOf } from '../../x509/index.ts';

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
  /** The new key has a different passphrase from the deployed one. */
  readonly newPassphrase: boolean;
}

/** INSTRUCTIONS.txt, for the person who deploys: names and paths, never a secret. */
export function deploymentInstructions(
  environment: ResolvedEnvironment,
  files: LaidOutFiles,
  { certificate, path, newPassphrase }: Deployment,
): SafeText {
  const { credential, name, application } = environment;
  const steps = credential
    ? stepsFor(credential, environment, files, newPassphrase)
    : [say`No credential is configured yet: choose where each file goes.`];
  return joined(
    [
      say`New client certificate for ${application}, ${name}`,
      say`Common name: ${certificate.subject.commonName ?? ''}
Serial number: ${certificate.serial}
SHA-256 fingerprint: ${certificate.fingerprintSha256}
Expires: ${londonTime(certificate.notAfter)}
Path: ${path.map(({ subject }) => nameOf(subject, longestName)).join(' <- ')}`,
      say`The certificate and key belong together: deploy both at once, then restart any application that reads them only at startup.`,
      ...steps.map((step, index) => joined([say`${index + 1}. `, step])),
      say`When mesh-cert-monitor sees the new certificate deployed and MESH accepts it, it closes the renewal and tells ${environment.contact.name}.
`,
    ],
    '\n\n',
  );
}

const longestName = 80;

function stepsFor(
  credential: CredentialSources,
  { renewal, chainOrder }: ResolvedEnvironment,
  files: LaidOutFiles,
  newPassphrase: boolean,
): SafeText[] {
  const opens = renewal.passphrase && sourceLabel(renewal.passphrase);
  const passphrase =
    newPassphrase && opens
      ? [
          say`Passphrase: the new key has the passphrase in ${opens}, not the deployed one. Give it to the application too, and set credential.passphrase to the same source.`,
        ]
      : [];
  if (credential.kind === 'keystore') return [...keystoreSteps(credential, files), ...passphrase];
  return [
    place('Client certificate', credential.certificate, files.certificate, 'credential.certificate'),
    files.privateKey
      ? place('Private key', credential.privateKey, files.privateKey, 'credential.private_key')
      : say`Private key: stays as it is (${sourceLabel(credential.privateKey)}).`,
    ...passphrase,
    place(`CA bundle (${chainOrder})`, credential.caBundle, files.caBundle, 'credential.ca_bundle'),
  ];
}

function place(title: string, source: Source, file: string, setting: string): SafeText {
  const label = sourceLabel(source);
  switch (source.kind) {
    case 'file':
      return instruction(
        say`${title}: copy it over ${label}, keeping the old one:`,
        ...copyCommands(shellWord(file), source.path),
      );
    case 'env':
      return instruction(
        say`${title}: put the text of ${file} where the ${label} is set, either as it is, with line breaks written as \\n, or in base64:`,
        say`base64 -w0 ${shellWord(file)}`,
      );
    case 'inline':
      return say`${title}: replace the text under ${setting} in the configuration with the text of ${file}.`;
  }
}

function keystoreSteps(credential: Extract<CredentialSources, { kind: 'keystore' }>, files: LaidOutFiles): SafeText[] {
  const { keystore, caBundle } = credential;
  const beside = (name: string) => shellWord(files.certificate.replace(/[^/]*$/, name));
  const key = files.privateKey
    ? shellWord(files.privateKey)
    : 'DEPLOYED_KEY.pem (from openssl pkcs12 -in OLD.p12 -nocerts -out DEPLOYED_KEY.pem)';
  const makePkcs12 = instruction(
    say`Make a PKCS#12 keystore; openssl asks for the key's passphrase, then for the keystore's:`,
    say`openssl pkcs12 -export -name mesh -in ${shellWord(files.certificate)} -inkey ${key} -certfile ${shellWord(files.caBundle)} -out ${beside('new.p12')}`,
  );
  // keytool would leave a keystore that everybody can read.
  const makeJks = instruction(
    say`Make a JKS keystore from it; keytool asks for both passwords:`,
    say`(umask 077; keytool -importkeystore -srckeystore ${beside('new.p12')} -srcstoretype PKCS12 -destkeystore ${beside('new.jks')} -deststoretype JKS)`,
  );
  const wantsJks = keystore.kind === 'file' && /\.(jks|keystore)$/i.test(keystore.path);
  const made = beside(wantsJks ? 'new.jks' : 'new.p12');
  const label = sourceLabel(keystore);
  return [
    makePkcs12,
    ...(wantsJks ? [makeJks] : []),
    keystore.kind === 'file'
      ? instruction(say`Keystore: copy it over ${label}, keeping the old one:`, ...copyCommands(made, keystore.path))
      : instruction(say`Keystore: put it, in base64, where ${label} is set:`, say`base64 -w0 ${made}`),
    ...(caBundle ? [place('CA bundle', caBundle, files.caBundle, 'credential.ca_bundle')] : []),
  ];
}

const instruction = (sentence: SafeText, ...commands: readonly SafeText[]): SafeText =>
  joined([sentence, ...commands.map((command) => say`   ${command}`)], '\n');

/** The copy replaces the deployed file's content but keeps its owner and mode. */
const copyCommands = (from: SafeText, to: string): SafeText[] => [
  say`cp --preserve=all ${shellWord(to)} ${shellWord(`${to}.previous`)}`,
  say`cp --no-preserve=mode ${from} ${shellWord(to)}`,
];

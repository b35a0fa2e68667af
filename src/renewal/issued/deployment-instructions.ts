/** Where to put each file: one instruction for each place that the configuration names. Pure. */
import { dirname } from 'node:path';
import {
  type CredentialParts,
  type DeploymentTarget,
  isInStore,
  type ResolvedEnvironment,
  type Source,
  sourceLabel,
  targetOf,
} from '../../config/index.ts';
import type { DeployedCredential } from '../../credential/index.ts';
import { joined, type SafeText, say, shellWord } from '../../text/index.ts';
import { londonTime } from '../../time/index.ts';
import { type Certificate, nameOf } from '../../x509/index.ts';
import { importCommand, storeCommands } from './store-commands.ts';

/** Absolute paths, all below the state directory. */
export interface LaidOutFiles {
  readonly certificate: string;
  readonly caBundle: string;
  readonly instructions: string;
  /** Absent when the deployed key is kept, or the new one is in a secret store. */
  readonly privateKey?: string;
}

interface Deployment {
  /** Why nothing must be put where the configuration says. */
  readonly conflict?: string;
  readonly certificate: Certificate;
  /** From the certificate to the root. */
  readonly path: readonly Certificate[];
  /** The new key has a different passphrase from the deployed one. */
  readonly newPassphrase: boolean;
  /** Where the new key is, if it is in a secret store. */
  readonly keyPlace?: string;
  /** Places where there is nothing yet. */
  readonly missing?: DeployedCredential['missing'];
}

/** INSTRUCTIONS.txt, for the person who deploys: names and paths, never a secret. */
export function deploymentInstructions(
  environment: ResolvedEnvironment,
  files: LaidOutFiles,
  { conflict, certificate, path, newPassphrase, keyPlace, missing = [] }: Deployment,
): SafeText {
  const { name, application } = environment;
  const target = targetOf(environment);
  const steps =
    target && conflict === undefined
      ? stepsFor(target, environment, files, {
          newPassphrase,
          ...(keyPlace === undefined ? {} : { keyPlace }),
          missing: target.setting === 'credential' ? missing : [],
        })
      : [
          conflict === undefined
            ? say`No credential is configured yet: choose where each file goes.`
            : say`${conflict}`,
        ];
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

type Missing = NonNullable<DeployedCredential['missing']>;

function stepsFor(
  { parts: credential, setting }: DeploymentTarget,
  { renewal, chainOrder }: ResolvedEnvironment,
  files: LaidOutFiles,
  { newPassphrase, missing, keyPlace }: Pick<Deployment, 'newPassphrase' | 'keyPlace'> & { readonly missing: Missing },
): SafeText[] {
  const opens = renewal.passphrase && sourceLabel(renewal.passphrase);
  const passphrase =
    newPassphrase && opens
      ? [
          say`Passphrase: the new key has the passphrase in ${opens}, not the deployed one. Give it to the application too, and set ${setting}.passphrase to the same source.`,
        ]
      : [];
  if (credential.kind === 'keystore') return [...keystoreSteps(credential, setting, files, missing), ...passphrase];
  const isNew = (part: Missing[number]) => missing.includes(part);
  return [
    place(
      'Client certificate',
      credential.certificate,
      files.certificate,
      `${setting}.certificate`,
      isNew('certificate'),
    ),
    files.privateKey
      ? place('Private key', credential.privateKey, files.privateKey, `${setting}.private_key`, isNew('privateKey'))
      : keyPlace === undefined
        ? say`Private key: stays as it is (${sourceLabel(credential.privateKey)}).`
        : say`Private key: the new one is in ${keyPlace}. Put the same text where the application reads it (${sourceLabel(credential.privateKey)}); accept --install does that.`,
    ...passphrase,
    place(`CA bundle (${chainOrder})`, credential.caBundle, files.caBundle, `${setting}.ca_bundle`, isNew('caBundle')),
  ];
}

function place(title: string, source: Source, file: string, setting: string, isNew: boolean): SafeText {
  const label = sourceLabel(source);
  switch (source.kind) {
    case 'file':
      return isNew
        ? instruction(
            say`${title}: copy it to ${label}, and let the account of the application read it:`,
            ...newCommands(file, source.path),
          )
        : instruction(
            say`${title}: copy it over ${label}, keeping the old one:`,
            ...copyCommands(shellWord(file), source.path),
          );
    case 'env':
      return instruction(
        say`${title}: put the text of ${file} where the ${label} is set.`,
        ...variableSteps(source.name, file),
      );
    case 'inline':
      return say`${title}: put the text of ${file} in place of the text under ${setting} in the configuration.`;
    default:
      return instruction(
        say`${title}: make it the new version of ${label}; the store keeps the old one:`,
        ...storeCommands(source, file),
      );
  }
}

/** Nothing here shows a secret or passes one as an argument: AWS and the line's file are read by the programs themselves. */
function variableSteps(name: string, file: string): SafeText[] {
  const line = shellWord(`${file}.line`);
  return [
    say`# on one line, with line breaks written as \\n, in a file that only you can read:`,
    say`(umask 077; awk '{printf "%s\\\\n", $0}' ${shellWord(file)} > ${line})`,
    say`# AWS Copilot asks for the value: paste that line.`,
    say`copilot secret init --name ${shellWord(name)} --overwrite`,
    say`# AWS Systems Manager Parameter Store:`,
    say`aws ssm put-parameter --name ${shellWord(name)} --type SecureString --overwrite --value ${shellWord(`file://${file}`)}`,
  ];
}

function keystoreSteps(
  credential: Extract<CredentialParts, { kind: 'keystore' }>,
  setting: DeploymentTarget['setting'],
  files: LaidOutFiles,
  missing: Missing,
): SafeText[] {
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
  return [
    makePkcs12,
    ...(wantsJks ? [makeJks] : []),
    keystoreStep(keystore, made, missing.includes('keystore')),
    ...(caBundle
      ? [place('CA bundle', caBundle, files.caBundle, `${setting}.ca_bundle`, missing.includes('caBundle'))]
      : []),
  ];
}

function keystoreStep(keystore: Source, made: SafeText, isNew: boolean): SafeText {
  const label = sourceLabel(keystore);
  if (keystore.kind === 'azure_certificate')
    return instruction(
      say`Certificate with its key: import it as ${label}. Leave the keystore's passphrase empty when openssl asks for it:`,
      importCommand(keystore, made),
    );
  if (isInStore(keystore)) return say`Keystore: make it, in base64 (base64 -w0 ${made}), the new version of ${label}.`;
  if (keystore.kind !== 'file')
    return instruction(say`Keystore: put it, in base64, where ${label} is set:`, say`base64 -w0 ${made}`);
  return isNew
    ? instruction(say`Keystore: copy it to ${label}:`, say`cp ${made} ${shellWord(keystore.path)}`)
    : instruction(say`Keystore: copy it over ${label}, keeping the old one:`, ...copyCommands(made, keystore.path));
}

const instruction = (sentence: SafeText, ...commands: readonly SafeText[]): SafeText =>
  joined([sentence, ...commands.map((command) => say`   ${command}`)], '\n');

/** The key stays private: its copy keeps its mode. */
const newCommands = (from: string, to: string): SafeText[] => [
  say`mkdir -p ${shellWord(dirname(to))}`,
  say`cp --preserve=mode ${shellWord(from)} ${shellWord(to)}`,
];

/** The copy replaces the deployed file's content but keeps its owner and mode. */
const copyCommands = (from: SafeText, to: string): SafeText[] => [
  say`cp --preserve=all ${shellWord(to)} ${shellWord(`${to}.previous`)}`,
  say`cp --no-preserve=mode ${from} ${shellWord(to)}`,
];

/** A part of the credential could not be read: what needs it was not judged, and is not a fault of its own. */
import type { FindingCode } from '../../findings/index.ts';
import { pathOf } from '../commands.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import { origin, type Part, place, sourceOf } from '../words.ts';
import { notRead, somethingElse } from './file-words.ts';
import { publicBundle } from './missing.ts';

/** What cannot be judged, or looks wrong, without the key. */
const needKey: readonly FindingCode[] = [
  'verifiers_disagree',
  'rehearsal_without_verdict',
  'renewal_email_failed',
  'renewal_due',
];

/** Without the certificate or the bundle there is no path either. */
const unjudged: readonly FindingCode[] = ['chain_incomplete', 'chain_untrusted', ...needKey];

const unreadable: readonly FindingCode[] = ['certificate_unreadable', 'private_key_unreadable', 'ca_bundle_unreadable'];

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';

/** The folder of all three files, if they share one. */
function sharedFolder(evidence: Evidence): string | undefined {
  const sources = (['certificate', 'privateKey', 'caBundle'] as const).map((part) => sourceOf(evidence, part));
  const folders = new Set(sources.map((source) => (source?.kind === 'file' ? folderOf(source.path) : undefined)));
  return folders.size === 1 ? [...folders][0] : undefined;
}

const wholeFolder = (evidence: Evidence): Wording => {
  const folder = sharedFolder(evidence);
  return {
    headline: 'None of the credential’s files can be read',
    remedy: `Check that ${folder} is mounted and that the account of this process can enter it: all three files of the credential are there.`,
    command: `ls -ld ${folder}`,
  };
};

/** The passphrase is where people have to look, and it is seldom next to the key. */
const passphrase = (evidence: Evidence, remedy: string): Wording => ({
  message: `The passphrase comes from ${origin(evidence, 'passphrase')}.`,
  remedy,
});

const single: readonly [FindingCode, Part][] = [
  ['certificate_unreadable', 'certificate'],
  ['certificate_malformed', 'certificate'],
  ['private_key_unreadable', 'privateKey'],
  ['private_key_malformed', 'privateKey'],
  ['keystore_malformed', 'privateKey'],
  ['keystore_alias_unknown', 'privateKey'],
  ['ca_bundle_unreadable', 'caBundle'],
  ['ca_bundle_malformed', 'caBundle'],
];

/** The key alone, wherever it is: no certificate is missing without it. */
const keyCodes: readonly FindingCode[] = ['private_key_unreadable', 'private_key_malformed'];

function wordsFor(code: FindingCode, part: Part): Rule['says'] {
  if (unreadable.includes(code))
    return (evidence, cause) => (pathOf(evidence, part) === undefined ? {} : notRead(cause, evidence, part));
  if (code === 'ca_bundle_malformed') return wholeBundle;
  if (code === 'certificate_malformed' || code === 'private_key_malformed')
    return (evidence, cause) => somethingElse(cause, evidence, part);
  return undefined;
}

/** Mending one block takes longer than replacing the whole file, where we have what belongs into it. */
function wholeBundle(evidence: Evidence): Wording {
  const { command } = publicBundle(evidence);
  if (command === undefined) return {};
  return {
    remedy: `Replace ${place(evidence, 'caBundle')} with the public CA certificates of this environment: the command below does so, and keeps the previous file.`,
    command,
  };
}

/** Each of the two files is said to hold what the other should. */
const areSwapped = ({ findings }: Evidence) =>
  findings.some(
    ({ code, message }) => code === 'certificate_malformed' && message.includes('private key, not a cert'),
  ) &&
  findings.some(({ code, message }) => code === 'private_key_malformed' && message.includes('certificate, not a priv'));

const swapThem = (evidence: Evidence): Wording => ({
  headline: 'The certificate and the private key are configured the wrong way round',
  remedy: `Exchange \`credential.certificate\` and \`credential.private_key\` in the configuration: ${pathOf(evidence, 'certificate') ?? 'the first'} is a private key, and ${pathOf(evidence, 'privateKey') ?? 'the second'} is a certificate.`,
});

export const readingRules: readonly Rule[] = [
  {
    name: 'Certificate and key are configured the wrong way round',
    cause: 'certificate_malformed',
    reasons: ['credential_unusable'],
    consequences: [...unjudged, 'private_key_malformed', 'private_key_permissions'],
    when: areSwapped,
    says: swapThem,
  },
  {
    name: 'Certificate, key and bundle are in one folder, and none can be read',
    cause: 'certificate_unreadable',
    reasons: ['credential_unusable'],
    consequences: [...unjudged, 'private_key_unreadable', 'ca_bundle_unreadable'],
    when: (evidence) =>
      sharedFolder(evidence) !== undefined &&
      unreadable.every((code) => evidence.findings.some((each) => each.code === code)),
    says: wholeFolder,
  },
  ...single.map(([cause, part]): Rule => {
    const says = wordsFor(cause, part);
    const needed = keyCodes.includes(cause) ? needKey : unjudged;
    return {
      name: `What needs ${part === 'caBundle' ? 'the bundle' : part === 'certificate' ? 'the certificate' : 'the key'} cannot be judged (${cause})`,
      cause,
      reasons: ['credential_unusable', ...(part === 'caBundle' ? (['server_certificate_untrusted'] as const) : [])],
      // The same file, and the same words put it right.
      consequences: cause.endsWith('_malformed') ? [...needed, 'client_cannot_read_file'] : needed,
      ...(says ? { says } : {}),
    };
  }),
  {
    name: 'What could not be read from a store cannot be judged',
    cause: 'store_unavailable',
    reasons: ['credential_unusable'],
    consequences: unjudged,
    // Otherwise what was read before is judged.
    when: (_, { severity }) => severity === 'critical',
  },
  {
    name: 'What is over a limit is not read, so what needs it cannot be judged',
    cause: 'input_over_limit',
    reasons: ['credential_unusable', 'server_certificate_untrusted'],
    consequences: unjudged,
  },
  {
    name: 'What was not read in time cannot be judged',
    cause: 'check_given_up',
    reasons: ['credential_unusable', 'server_certificate_untrusted'],
    consequences: unjudged,
  },
  {
    name: 'Without the passphrase there is no key',
    cause: 'passphrase_missing',
    reasons: ['credential_unusable'],
    consequences: needKey,
    says: (evidence) =>
      sourceOf(evidence, 'passphrase')
        ? passphrase(
            evidence,
            `Make ${origin(evidence, 'passphrase')} available to this process. After changing an environment variable, restart the service.`,
          )
        : {},
  },
  {
    name: 'With a wrong passphrase there is no key',
    cause: 'passphrase_wrong',
    reasons: ['credential_unusable'],
    consequences: needKey,
    says: (evidence) =>
      passphrase(
        evidence,
        `Put the passphrase of ${place(evidence, 'privateKey')} into ${origin(evidence, 'passphrase')}. Check for quotes, spaces or a line break too many, and for characters such as £ that depend on the encoding. If it is right, the key is another one: deploy the key that was made together with the CSR.`,
      ),
  },
  {
    name: 'A key that everybody can read needs one command',
    cause: 'private_key_permissions',
    says: (evidence) => {
      const path = pathOf(evidence, 'privateKey');
      return path === undefined ? {} : { command: `chmod 600 ${path}` };
    },
  },
];

/** Facts that decide, in words: where a file is, who must be called, what time it is. */
import { type ChainOrder, type GivenSource, isInStore, type Source, sourceLabel } from '../config/index.ts';
import { literal, type SafeText, say, shellWord } from '../text/index.ts';
import { utcTime } from '../time/index.ts';
import { type Certificate, nameOf } from '../x509/index.ts';
import type { Evidence, Sources } from './types.ts';

/** With a full stop, unless it has an end. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** To the minute: nobody needs the seconds. */
export const utcMinute = (time: Date): string => utcTime(time).replace(/:\d\d UTC$/, ' UTC');

/** Where time decides. */
export const timeHere = ({ now }: Evidence): string => `It is ${utcMinute(now)} on this machine.`;

export const clientOf = ({ assessment }: Evidence): Certificate | undefined =>
  assessment?.certificates.find(({ role }) => role === 'client')?.certificate;

/** Every CA certificate that was read, on the path or not. */
export const authoritiesOf = ({ assessment }: Evidence): readonly Certificate[] =>
  (assessment?.certificates ?? []).filter(({ role }) => role !== 'client').map(({ certificate }) => certificate);

/** From the client certificate up, as far as it was found. */
export const ourPath = ({ assessment }: Evidence): readonly Certificate[] =>
  (assessment?.path ?? []).flatMap(
    (fingerprint) =>
      assessment?.certificates.find(({ certificate }) => certificate.fingerprintSha256 === fingerprint)?.certificate ??
      [],
  );

/** Why there was no handshake, where it is not files of the credential: the password and the shared key of the mailbox. */
export function missingSecrets({ handshake }: Evidence): ('password' | 'sharedKey')[] {
  const [password, sharedKey] = [/^mesh\.password:/, /^(?:mesh\.password:.*; )?mesh\.shared_key:/].map((start) =>
    start.test(handshake?.detail ?? ''),
  );
  return [...(password ? ['password' as const] : []), ...(sharedKey ? ['sharedKey' as const] : [])];
}

/** The order that the bundle must have. */
export const orderOf = ({ chainOrder, environment }: Evidence): ChainOrder =>
  environment?.chainOrder ?? chainOrder ?? 'root-first';

export type Part = 'certificate' | 'privateKey' | 'caBundle' | 'passphrase' | 'password' | 'sharedKey';

export const partWords: Readonly<Record<Part, string>> = {
  certificate: 'the client certificate',
  privateKey: 'the private key',
  caBundle: 'the CA bundle',
  passphrase: 'the passphrase',
  password: 'the mailbox password',
  sharedKey: 'the shared key',
};

const inputsOf = ({ environment, sources }: Pick<Evidence, 'environment' | 'sources'>): Sources =>
  sources ?? environment?.credential ?? {};

export function sourceOf({ environment, sources }: Evidence, part: Part): Source | GivenSource | undefined {
  if (part === 'password' || part === 'sharedKey') return environment?.mesh[part];
  const inputs = inputsOf({ environment, sources });
  return inputs[part] ?? (part === 'passphrase' ? undefined : inputs.keystore);
}

/** `the CA bundle /etc/mesh/bundle.pem`, `the shared key (environment variable MESH_SHARED_KEY)`, `the passphrase (in the configuration)` */
export function place(evidence: Evidence, part: Part): string {
  const source = sourceOf(evidence, part);
  const what = source && source === inputsOf(evidence).keystore ? 'the keystore' : partWords[part];
  if (!source || source.kind === 'given') return what;
  if (source.kind === 'file') return `${what} ${shellWord(source.path)}`;
  if (isInStore(source)) return `${what} (${sourceLabel(source)})`;
  return `${what} (${source.kind === 'env' ? `environment variable ${source.name}` : 'in the configuration'})`;
}

/** `environment variable MESH_KEY_PASSPHRASE`, `the file /run/secrets/x`, `the configuration` */
export function origin(evidence: Evidence, part: Part): string {
  const source = sourceOf(evidence, part);
  if (source?.kind === 'file') return `the file ${shellWord(source.path)}`;
  if (isInStore(source)) return sourceLabel(source);
  return source?.kind === 'env' ? `environment variable ${source.name}` : 'the configuration';
}

/** Empty without a configuration. */
export const deskAddresses = ({ environment }: Evidence): string => (environment?.renewal.desk ?? []).join(', ');

/** `the certificate desk (itoc.supportdesk@nhs.net)` */
export function desk(evidence: Evidence): string {
  const addresses = deskAddresses(evidence);
  return addresses === '' ? 'the certificate desk' : `the certificate desk (${addresses})`;
}

/** `Telephone the certificate desk as well as writing to itoc.supportdesk@nhs.net`: the configuration has no number of the desk. */
export function telephoneDesk(evidence: Evidence): string {
  const addresses = deskAddresses(evidence);
  return `Telephone the certificate desk${addresses === '' ? '' : ` as well as writing to ${addresses}`}`;
}

/** Nobody has said that the request has gone to the desk. */
export const isDraft = ({ renewal }: Evidence): boolean =>
  renewal?.state === 'requested' && renewal.record?.delivery === 'drafted';

/** Whether a request goes to the contact, who forwards it. */
const isReviewed = ({ environment }: Evidence): boolean =>
  environment !== undefined && environment.renewal.mode !== 'send';

/** How to find out whether a request arrived that was interrupted while it was being sent; \`--not-sent\` is in the command below. */
export function whetherItArrived(evidence: Evidence): { readonly unknown: string; readonly ask: string } {
  if (!isReviewed(evidence))
    return {
      unknown: 'whether the desk has',
      ask: `Ask ${desk(evidence)} whether it has the request. If it does not, run the command below; if it does, run it with \`--sent\` instead.`,
    };
  return {
    unknown: 'whether the contact has received',
    ask: `Look for the request in the mailbox of ${evidence.environment?.contact.email}. If it is not there, run the command below; if it is, send it to ${desk(evidence)}, then run the command with \`--sent\` instead.`,
  };
}

/** After a remedy that makes a request: whether that reaches the desk by itself. Starts with a space, or is empty. */
export const whoForwards = (evidence: Evidence): string =>
  isReviewed(evidence)
    ? ` The request does not go to the desk by itself (\`renewal.mode\` is \`${evidence.environment?.renewal.mode}\`): it goes to the contact in the configuration, who has to forward it.`
    : '';

/** Said so that nobody takes it for the desk’s number. Empty without a configuration. */
export function contact({ environment }: Evidence): SafeText {
  if (!environment) return literal('');
  const { name, telephone } = environment.contact;
  return say`For the desk to call back: ${name}, ${telephone}.`;
}

/** Groups of four, as key identifiers are compared by eye. */
export const keyIdentifier = (identifier: string | undefined): string =>
  identifier === undefined ? '' : ` (key identifier ${identifier.match(/.{1,4}/g)?.join(' ')})`;

/** X.520 allows 64; some CAs write more. */
const longestName = 80;

/** `“NHS INT Authentication G2”` */
export const quotedName = (name: Certificate['subject']): string => `“${nameOf(name, longestName)}”`;

/** The starter file with a person's own values in it. */
import { presets } from './presets.ts';
import { starterFile } from './starter.ts';
import type { PresetName } from './types.ts';

export interface StarterAnswers {
  readonly environment: PresetName;
  readonly mailbox: string;
  readonly odsCode: string;
  readonly application: string;
  readonly contactName: string;
  readonly contactEmail: string;
  readonly contactTelephone: string;
  /** Folder for certificate, key and CA bundle, relative to the file. */
  readonly files: string;
}

const prefixes: Readonly<Record<PresetName, string>> = {
  integration: 'MESH_INT',
  deployment: 'MESH_DEP',
  production: 'MESH_LIVE',
  sandbox: 'MESH_SANDBOX',
};

/** Every value is quoted, so that it is text whatever it looks like. Whether it is one that can be used is for the parser. */
export function starterWith(answers: StarterAnswers): string {
  const { environment, mailbox, odsCode, application, contactName, contactEmail, contactTelephone, files } = answers;
  const isSandbox = environment === 'sandbox';
  const replaced = replacements([
    ['application: My application       ', `application: ${quoted(application)}`],
    ['ods_code: "X26"                   ', `ods_code: ${quoted(odsCode)}`],
    ['  name: MESH team', `  name: ${quoted(contactName)}`],
    ['  email: mesh-team@example.nhs.uk', `  email: ${quoted(contactEmail)}`],
    ['  telephone: "0113 496 0000"', `  telephone: ${quoted(contactTelephone)}`],
    ['  - name: integration             ', `  - name: ${environment}`],
    ['    preset: integration           ', `    preset: ${environment}`],
    ['      # url: https://msg.intspineservices.nhs.uk', `      # url: ${presets[environment].url}`],
    ['      mailbox_id: X26ABC1', `      mailbox_id: ${quoted(mailbox)}`],
    ['      verify_server: true ', `      verify_server: ${!isSandbox}`],
  ]);
  const own = replaced
    .replaceAll('MESH_INT_', `${prefixes[environment]}_`)
    .replaceAll(
      /\{ file: certs\/integration\/([a-z_.0-9]+) \}/g,
      (_, name: string) => `{ file: ${quoted(`${files}/${name}`)} }`,
    );
  // A sandbox asks for no client certificate.
  return isSandbox ? own.replace(/^ {4}credential:[\s\S]*?(?=^ {4}chain_order:)/m, '') : own;
}

/** JSON is YAML. */
const quoted = (text: string): string => JSON.stringify(text);

function replacements(pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the starter file does not contain ${from}`);
    return text.replace(from, () => to);
  }, starterFile);
}

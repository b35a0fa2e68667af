/** The common name of a MESH API client: `<local id>.<ODS code>.api.mesh-client.nhs.uk`, in any case. */
import { type Finding, finding } from '../findings/index.ts';
import type { Certificate } from '../x509/index.ts';
import { nameOf } from './label.ts';
import type { AssessmentPolicy } from './types.ts';

const form = /^([a-z0-9_-]{1,63})\.([a-z0-9]{1,10})\.api\.mesh-client\.nhs\.uk$/i;

export interface MeshCommonName {
  /** Usually the mailbox ID, but not always. */
  readonly localId: string;
  readonly odsCode: string;
}

/** The parts of a common name, as written; undefined when it is not in the MESH API format. */
export function parseCommonName(commonName: string): MeshCommonName | undefined {
  const [, localId, odsCode] = form.exec(commonName) ?? [];
  return localId === undefined || odsCode === undefined ? undefined : { localId, odsCode };
}

export function judgeNaming(client: Certificate, policy: Pick<AssessmentPolicy, 'odsCode' | 'mailboxId'>): Finding[] {
  const subject = client.subject.text;
  const name = nameOf(client.subject);
  const parts = parseCommonName(client.subject.commonName?.raw() ?? '');
  if (!parts) {
    const wanted = 'in the form <local id>.<ODS code>.api.mesh-client.nhs.uk';
    const isNamed = (client.subject.commonName?.raw().trim() ?? '') !== '';
    const message = isNamed
      ? `The common name ${name} is not ${wanted}.`
      : `The certificate (${name}) has no common name. A MESH API client has one ${wanted}.`;
    return [finding('common_name_malformed', message, { subject })];
  }
  const findings: Finding[] = [];
  if (policy.odsCode !== undefined && !same(parts.odsCode, policy.odsCode)) {
    const message = `The common name ${name} contains the ODS code ${parts.odsCode.toUpperCase()}, not ${policy.odsCode.toUpperCase()}.`;
    findings.push(finding('common_name_ods_code_mismatch', message, { subject }));
  }
  if (policy.mailboxId !== undefined && !same(parts.localId, policy.mailboxId)) {
    const message = `The common name ${name} does not begin with the mailbox ID ${policy.mailboxId.toUpperCase()}.`;
    findings.push(finding('common_name_mailbox_mismatch', message, { subject }));
  }
  return findings;
}

const same = (one: string, other: string) => one.toUpperCase() === other.toUpperCase();

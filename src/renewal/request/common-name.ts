import type { ResolvedEnvironment } from '../../config/index.ts';
import { quoted, type SafeText, say } from '../../text/index.ts';
import { explainWrongEnvironment, policyFor } from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';

export type CommonNameChoice =
  /** `changes`: why it is not the deployed certificate's name; for the desk, as the end of a sentence. */
  { readonly commonName: string; readonly changes?: string } | { readonly refused: SafeText };

/** The format that NHS England's guide for MESH API clients requires: `<local id>.<ODS code>.api.mesh-client.nhs.uk`, in any case. */
const meshApiForm =
  /^(?<localId>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.(?<odsCode>[a-z0-9]{1,12})\.api\.mesh-client\.nhs\.uk$/i;
/** X.520 `ub-common-name`, RFC 5280 appendix A.1: a CA may not issue a longer one. */
const longest = 64;

/**
 * The common name to request: the configured one, or the deployed certificate's if it is in the MESH API format, or one made from
 * mailbox and ODS code. The case is kept, because the desk compares it with its record. A name that the desk would reject is refused, with the reason;
 * so is a request that would replace another environment's certificate.
 */
export function chooseCommonName(
  environment: ResolvedEnvironment,
  deployed: Certificate | undefined,
): CommonNameChoice {
  const onRecord = deployed?.subject.commonName?.raw();
  const configured = environment.renewal.commonName;
  const isApiName = onRecord !== undefined && meshApiForm.test(onRecord);
  if (configured !== undefined && configured.toLowerCase() !== onRecord?.toLowerCase()) {
    const why = isApiName ? 'this is the name that will be used from now on' : whyNoApiName;
    return changed(judge(configured, 'renewal.common_name', environment.odsCode), why);
  }

  const foreign = deployed && configured === undefined && explainWrongEnvironment(deployed, policyFor(environment).pki);
  if (foreign)
    return {
      refused: say`what is deployed belongs to another environment: ${foreign.message} ${foreign.remedy} If a new certificate is to be requested in its place, set renewal.common_name.`,
    };

  // A certificate with that name has been issued before, so the ODS code in it is the one on record.
  if (isApiName) return { commonName: onRecord };
  if (configured !== undefined) return judge(configured, 'renewal.common_name', environment.odsCode);
  const made = `${environment.mesh.mailboxId}.${environment.odsCode}.api.mesh-client.nhs.uk`;
  return changed(judge(made, 'mesh.mailbox_id and ods_code', environment.odsCode), whyNoApiName);
}

const whyNoApiName = 'a client of the MESH API needs a name of the form <local id>.<ODS code>.api.mesh-client.nhs.uk';

const changed = (choice: CommonNameChoice, changes: string): CommonNameChoice =>
  'refused' in choice ? choice : { ...choice, changes };

function judge(commonName: string, origin: string, odsCode: string): CommonNameChoice {
  const refuse = (why: string) => ({
    refused: say`the common name ${quoted(commonName, 100)} (from ${origin}) ${why}`,
  });

  if (commonName.length > longest)
    return refuse(`is ${commonName.length} characters long; a certificate allows ${longest}`);
  if (/\.thirdparty\.nhs\.uk$/i.test(commonName))
    return refuse(
      'is only for the packaged MESH client; an API client needs <local id>.<ODS code>.api.mesh-client.nhs.uk',
    );
  const form = meshApiForm.exec(commonName)?.groups;
  if (!form) return refuse('is not in the form <local id>.<ODS code>.api.mesh-client.nhs.uk');
  if (form.odsCode?.toLowerCase() !== odsCode.toLowerCase())
    return refuse(`is for the ODS code ${form.odsCode}, but the configuration says ${odsCode}`);
  return { commonName };
}

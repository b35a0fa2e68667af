/** What `inspect` does with each credential that it is given. */
import type { Variables } from '../../config/index.ts';
import type { CredentialInputs } from '../../credential/index.ts';
import { examineSources } from '../../examine/index.ts';
import type { Finding } from '../../findings/index.ts';
import { thresholds } from '../../inspect/index.ts';
import type { Inspected } from '../../report/index.ts';
import { say } from '../../text/index.ts';
import type { InspectOptions } from '../options.ts';

/** @param isChain - a chain may be in either order, unless one is asked for. */
export async function judged(
  sources: CredentialInputs,
  { chainOrder }: Pick<InspectOptions, 'chainOrder'>,
  isChain: boolean,
  env: Variables,
  at: Date,
): Promise<Inspected> {
  const as = async (order: Inspected['chainOrder']): Promise<Inspected> => {
    const { assessment } = await examineSources(sources, { chainOrder: order, thresholds }, env, at);
    return {
      assessment: { ...assessment, findings: assessment.findings.map(remediedHere) },
      sources,
      chainOrder: order,
    };
  };
  const first = await as(chainOrder ?? 'root-first');
  const isOtherWay = isChain && chainOrder === undefined && first.assessment.order === 'leaf-first';
  return isOtherWay ? as('leaf-first') : first;
}

/** What the catalogue says of the configuration does not help here. */
function remediedHere(problem: Finding): Finding {
  const remedy = {
    passphrase_missing: say`Name the environment variable that contains it: \`--passphrase-env NAME\`.`,
    client_auth_not_permitted: say`${problem.remedy} A server’s certificate is judged as one by \`inspect --connect HOST:PORT\`.`,
  }[problem.code as string];
  return remedy === undefined ? problem : { ...problem, remedy };
}

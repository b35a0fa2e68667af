import { isDrafted, type RenewalStatus } from '../../../renewal/index.ts';
import { Tag } from '../parts/tag.tsx';

/** The way to the first certificate, and how far along it the environment is. */
export function FirstSteps({ renewal }: { renewal: RenewalStatus }) {
  const { state, first, record } = renewal;
  const asked =
    first === 'awaited' && !isDrafted(renewal) && (record === undefined || ['requested', 'issued'].includes(state));
  const steps: readonly (readonly [string, boolean])[] = [
    ['Request it: mesh-cert-monitor request', record !== undefined || first === 'awaited'],
    ['The desk has the request', asked],
    ['The certificate has arrived and is accepted: mesh-cert-monitor accept', state === 'issued'],
    ['Certificate, key and CA bundle are deployed', false],
    ['MESH accepts the certificate', false],
  ];
  const next = steps.findIndex(([, done]) => !done);
  return (
    <ol class="check-list">
      {steps.map(([what, done], index) => (
        <li class="check-list__item">
          {done ? (
            <Tag colour="green">Done</Tag>
          ) : index === next ? (
            <Tag colour="blue">Next</Tag>
          ) : (
            <Tag colour="grey">Later</Tag>
          )}
          <span>{what}</span>
        </li>
      ))}
    </ol>
  );
}

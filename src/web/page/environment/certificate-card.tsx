import type { Thresholds } from '../../../config/index.ts';
import { type AssessedCertificate, timeLeftStatus } from '../../../verify/index.ts';
import type { Certificate } from '../../../x509/index.ts';
import { FullName, Hex, ShortName } from '../parts/name.tsx';
import { SummaryList } from '../parts/summary-list.tsx';
import { Tag } from '../parts/tag.tsx';
import { TimeBar } from '../parts/time-bar.tsx';
import { Moment, Relative } from '../parts/when.tsx';
import { roleWords, type Standing } from '../parts/words.ts';

interface Props {
  readonly assessed: AssessedCertificate;
  /** Before its end. */
  readonly thresholds: Thresholds;
  /** Default: by the time left. */
  readonly standing?: Standing | undefined;
  readonly now: Date;
}

export function CertificateCard({ assessed: { role, certificate }, thresholds, standing, now }: Props) {
  const { subject, issuer, notBefore, notAfter, serial, fingerprintSha256, selfIssued } = certificate;
  return (
    <article class="certificate">
      <p class="certificate__role">{roleWords[role]}</p>
      <h3 class="certificate__name">
        <ShortName name={subject} />
      </h3>
      <p class="certificate__life">
        <Ending certificate={certificate} now={now} />
      </p>
      <TimeBar
        from={notBefore}
        until={notAfter}
        now={now}
        standing={standing ?? standingAt(certificate, thresholds, now)}
      />
      <details class="nhsuk-details certificate__details" id={`certificate-${fingerprintSha256.slice(0, 16)}`}>
        <summary class="nhsuk-details__summary">
          <span class="nhsuk-details__summary-text">
            Details<span class="nhsuk-u-visually-hidden"> of this certificate: {roleWords[role]}</span>
          </span>
        </summary>
        <div class="nhsuk-details__text">
          <SummaryList
            rows={[
              [
                'Valid',
                <>
                  <Moment time={notBefore} /> to <Moment time={notAfter} />
                </>,
              ],
              ['Key', keyOf(certificate)],
              ['Signed with', certificate.signatureAlgorithm],
              ['Serial number', <Hex digits={serial} />],
              ['SHA-256 fingerprint', <Hex digits={fingerprintSha256} />],
              ['Subject', <FullName name={subject} />],
              ['Issuer', selfIssued ? 'itself' : <FullName name={issuer} />],
              usagePeriod(certificate),
            ]}
          />
        </div>
      </details>
    </article>
  );
}

/** RFC 5280 §4.1.2.5: validity is inclusive at both ends. */
function standingAt({ notBefore, notAfter }: Certificate, thresholds: Thresholds, now: Date): Standing {
  return now < notBefore ? 'critical' : timeLeftStatus(notAfter, thresholds, now);
}

function Ending({ certificate: { notBefore, notAfter }, now }: { certificate: Certificate; now: Date }) {
  if (now > notAfter)
    return (
      <>
        <Tag colour="red">Expired</Tag> <Relative time={notAfter} now={now} />
      </>
    );
  if (now < notBefore)
    return (
      <>
        <Tag colour="red">Not valid yet</Tag> becomes valid <Relative time={notBefore} now={now} />
      </>
    );
  return (
    <>
      Expires <Relative time={notAfter} now={now} />
    </>
  );
}

function keyOf({ publicKey: { algorithm, bits, curve } }: Certificate): string {
  const size = bits > 0 ? ` ${bits} bits` : '';
  return `${algorithm}${size}${curve ? ` (${curve})` : ''}`;
}

function usagePeriod({ privateKeyUsagePeriod }: Certificate) {
  const until = privateKeyUsagePeriod?.notAfter;
  if (!until) return undefined;
  return [
    'Key usage period',
    <>
      until <Moment time={until} />. This is not the expiry date: MESH ignores it.
    </>,
  ] as const;
}

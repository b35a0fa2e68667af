import { thresholds } from '../../../inspect/index.ts';
import { diagnosisOf, type Inspected, verdictOfInspection } from '../../../report/index.ts';
import { plural, type SafeText, upperFirst } from '../../../text/index.ts';
import type { AssessedCertificate } from '../../../verify/index.ts';
import { CertificateCard } from '../environment/certificate-card.tsx';
import { CheckList } from '../environment/checks.tsx';
import { FindingList } from '../environment/findings.tsx';
import { FirstAction } from '../environment/first-action.tsx';
import { besides, pathOf } from '../parts/path.ts';
import { Verdict } from '../parts/verdict.tsx';
import type { Standing } from '../parts/words.ts';

interface FormProps {
  /** Lets a file be dropped anywhere on the page. Without it the form works as it is. */
  readonly script: string;
  /** Why what was sent was not inspected. */
  readonly problem?: SafeText | undefined;
}

export function InspectForm({ script, problem }: FormProps) {
  return (
    <div class="nhsuk-width-container page-width page-content">
      <h1 class="nhsuk-heading-l">Inspect a file</h1>
      <p id="inspect-problem" class="inspect__problem" role="alert" hidden={!problem}>
        {problem}
      </p>
      <p>
        See what the monitor says about a certificate or a CA bundle before you deploy it. It is judged in memory, and
        neither kept nor logged.
      </p>
      <form id="inspect" class="inspect" action="/inspect" method="post" enctype="multipart/form-data">
        <p class="inspect__drop">Drop files anywhere on this page, or choose them here.</p>
        <div class="nhsuk-form-group">
          <label class="nhsuk-label nhsuk-label--s" for="file">
            Certificate, CA bundle or both
          </label>
          <div class="nhsuk-hint" id="file-hint">
            Up to 4 files and 1 MiB: PEM, DER, PKCS#7, or the email that they came in. Never a private key or a
            keystore.
          </div>
          <input class="nhsuk-file-upload" type="file" id="file" name="file" multiple aria-describedby="file-hint" />
        </div>
        <div class="nhsuk-form-group">
          <label class="nhsuk-label nhsuk-label--s" for="text">
            Or paste the text
          </label>
          <textarea
            class="nhsuk-textarea inspect__text"
            id="text"
            name="text"
            rows={6}
            autocomplete="off"
            spellcheck={false}
          />
        </div>
        <button class="nhsuk-button" type="submit">
          Inspect
        </button>
      </form>
      <script type="module" src={script} />
    </div>
  );
}

interface ResultProps {
  readonly inspected: Inspected;
  readonly standing: Standing;
}

export function InspectResult({ inspected, standing }: ResultProps) {
  const { assessment } = inspected;
  const { assessedAt: now, certificates } = assessment;
  const diagnosis = diagnosisOf(inspected);
  const [path, others] = [pathOf({ assessment, certificates }), besides({ assessment, certificates })];
  const hasClient = certificates.some(({ role }) => role === 'client');
  return (
    <>
      <Verdict
        standing={standing}
        caption="Inspected file"
        heading={upperFirst(verdictOfInspection(assessment, diagnosis))}
      >
        <p class="verdict__detail">
          <a href="/inspect">Inspect another</a>
        </p>
      </Verdict>
      <div class="nhsuk-width-container page-width page-content">
        <FirstAction {...diagnosis} />
        <FindingList findings={diagnosis.findings}>
          <p>Nothing.</p>
        </FindingList>
        {hasClient && (
          <p class="nhsuk-hint">
            Whether the private key belongs to it can only be seen where the key is: run{' '}
            <code class="page-break">mesh-cert-monitor inspect --cert FILE --key FILE --ca-bundle FILE</code> there.
          </p>
        )}
        <CheckList assessment={assessment} />
        <Found heading="Certification path" certificates={path} now={now} />
        <Found heading={path.length > 0 ? 'Not on the path' : 'Certificates'} certificates={others} now={now} />
      </div>
    </>
  );
}

const mostShown = 50;

interface FoundProps {
  readonly heading: string;
  readonly certificates: readonly AssessedCertificate[];
  readonly now: Date;
}

function Found({ heading, certificates, now }: FoundProps) {
  if (certificates.length === 0) return null;
  const id = heading.toLowerCase().replaceAll(' ', '-');
  return (
    <section aria-labelledby={id}>
      <h2 id={id} class="nhsuk-heading-m">
        {heading}
      </h2>
      <ol class="chain">
        {certificates.slice(0, mostShown).map((each) => (
          <li class="chain__link">
            <CertificateCard assessed={each} now={now} thresholds={thresholds} />
          </li>
        ))}
      </ol>
      {certificates.length > mostShown && <p>And {plural(certificates.length - mostShown, 'other certificate')}.</p>}
    </section>
  );
}

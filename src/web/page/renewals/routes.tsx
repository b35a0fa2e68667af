/** The pages of renewals, and their files to download. */
import { join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { type RenewalRecord, stateCatalogue } from '../../../renewal/index.ts';
import { readOnly, sendProblem } from '../../problem.ts';
import type { Shown } from '../../shown.ts';
import { type Site, sendMissing, sendPage } from '../answer.tsx';
import { perPage } from '../overview/select.ts';
import { pageNumber } from '../parts/pagination.tsx';
import { mostUrgentFirst, nextOf, nextOfRecord } from './next.ts';
import { RenewalPage } from './renewal-page.tsx';
import { RenewalsPage } from './renewals-page.tsx';

interface Names {
  readonly name: string;
  /** The beginning of its fingerprint. Absent: the current one of the environment. */
  readonly certificate?: string;
}

export function renewalRoutes(site: Site): Router {
  const router = Router({ strict: true, caseSensitive: true });
  readOnly(router, '/renewals', (request, response) => renewals(site, request, response));
  readOnly<Names>(router, '/renewals/:name{/:certificate}', (request, response) => renewal(site, request, response));
  readOnly<Names>(router, '/renewals/:name/:certificate/request.csr', ({ params }, response) =>
    download(site, params, response, 'csr'),
  );
  readOnly<Names>(router, '/renewals/:name/:certificate/request.eml', ({ params }, response) =>
    download(site, params, response, 'eml'),
  );
  return router;
}

function renewals(site: Site, request: Request, response: Response): void {
  const { shown } = site;
  const now = shown.now();
  const { configuration, environments } = shown.estate();
  const at = { configurationFile: configuration.file, now };
  const list = request.query.list === 'recorded' ? 'recorded' : 'upcoming';
  const all = shown.renewals();
  const upcoming = list === 'upcoming' ? mostUrgentFirst(environments, at) : [];
  const found = list === 'upcoming' ? upcoming.length : (all?.count ?? 0);
  const pages = Math.max(1, Math.ceil(found / perPage));
  const page = Math.min(Math.max(1, pageNumber(request.query.page)), pages);
  // Records are kept oldest first, and shown newest first.
  const [from, to] = [Math.max(0, found - page * perPage), found - (page - 1) * perPage];
  sendPage(
    site,
    request,
    response,
    { title: 'Renewals', headline: 'Renewals', section: 'renewals' },
    <RenewalsPage
      list={list}
      upcoming={upcoming.slice((page - 1) * perPage, page * perPage)}
      records={all && (list === 'recorded' ? all.slice(from, to - from).toReversed() : [])}
      page={page}
      pages={pages}
      found={found}
      now={now}
    />,
  );
}

async function renewal(site: Site, request: Request<Names>, response: Response): Promise<void> {
  const { shown } = site;
  const { name } = request.params;
  const { record, others } = recordOf(shown, request.params);
  if (!record) return sendMissing(site, request, response, 'There is no such renewal.');
  const now = shown.now();
  const { configuration, environments } = shown.estate();
  const environment = environments.find((each) => each.name === name);
  const at = { configurationFile: configuration.file, now };
  const isCurrent = environment?.renewal.record?.fingerprintSha256 === record.fingerprintSha256;
  const next =
    environment && isCurrent ? nextOf(environment, at) : nextOfRecord(record, environment?.deskWorkingDays, at);
  const files = await shown.renewalFiles(record);
  const title = `Renewal of ${name}: ${stateCatalogue[record.state].label.toLowerCase()}`;
  return sendPage(
    site,
    request,
    response,
    { title, headline: title, section: 'renewals' },
    <RenewalPage
      record={record}
      environment={environment}
      next={next}
      others={others}
      files={files}
      {...(record.keyFile ? { keyPath: join(shown.stateDir(), record.keyFile) } : {})}
      now={now}
    />,
  );
}

/** As a file, for a ticket or a mail program. */
async function download({ shown }: Site, names: Names, response: Response, kind: 'csr' | 'eml'): Promise<void> {
  const { record } = recordOf(shown, names);
  const files = record && (await shown.renewalFiles(record));
  const content = kind === 'csr' ? files?.csrPem : files?.messageFile;
  if (content === undefined) return sendProblem(response, 404, 'The state directory does not have that file.');
  response.attachment(`${names.name}-request.${kind}`);
  response.set({
    'Content-Type': kind === 'csr' ? 'application/pkcs10' : 'message/rfc822',
    'Cache-Control': 'no-store',
  });
  response.end(content);
}

function recordOf(shown: Shown, { name, certificate }: Names) {
  const newestFirst = shown.renewals()?.of(name).toReversed() ?? [];
  const record = certificate
    ? newestFirst.find(({ fingerprintSha256 }) => fingerprintSha256.slice(0, 16) === certificate)
    : current(newestFirst);
  return { record, others: newestFirst.filter((each) => each !== record) };
}

/** The open renewal of an environment, or the newest if all are closed. */
function current(newestFirst: readonly RenewalRecord[]): RenewalRecord | undefined {
  return newestFirst.find(({ closedAt }) => !closedAt) ?? newestFirst[0];
}

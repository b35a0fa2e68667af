/** `/inspect`: what the command `inspect` says about a file, without a command line. The one route that takes a body; it changes nothing. */
import type { Request, Response, Router } from 'express';
import { statusOf } from '../../../findings/index.ts';
import type { Dropped } from '../../../inspect/index.ts';
import { literal, type SafeText, say } from '../../../text/index.ts';
import { refuseMethod } from '../../problem.ts';
import { type Site, sendPage } from '../answer.tsx';
import { Gate } from './gate.ts';
import { InspectForm, InspectResult } from './inspect-page.tsx';
import { forget, isFromOurPage, readUpload } from './upload.ts';

export function inspectRoutes(router: Router, site: Site): void {
  const gate = new Gate();
  const { now, inspect } = site.shown;
  const about = { section: 'inspect', isAnswer: true } as const;

  function form(request: Request, response: Response, problem?: SafeText): void {
    const title = problem ? 'Not inspected' : 'Inspect a file';
    const page = <InspectForm script={site.assets.inspectScript} problem={problem} />;
    sendPage(site, request, response, { ...about, title, headline: title }, page);
  }

  function answer(request: Request, response: Response, dropped: Dropped): void {
    if ('refused' in dropped) return void form(request, response.status(422), refusal(dropped.refused));
    const { inspected } = dropped;
    const standing = statusOf(inspected.assessment.findings);
    const title = 'Inspected file';
    const page = <InspectResult inspected={inspected} standing={standing} />;
    sendPage(site, request, response, { ...about, title, headline: title, standing }, page);
  }

  async function judge(request: Request, response: Response): Promise<void> {
    if (!isFromOurPage(request)) {
      await forget(request);
      return form(request, response.status(403), notOurs);
    }
    const leave = gate.enter(now());
    if (!leave) {
      await forget(request);
      return form(request, response.status(429).set('Retry-After', '60'), tooMany);
    }
    try {
      const upload = await readUpload(request);
      if (!upload) return;
      if ('problem' in upload) return form(request, response.status(upload.status), upload.problem);
      const dropped = await gate.inTurn(async () => (response.destroyed ? undefined : inspect(upload.files, now())));
      if (dropped) answer(request, response, dropped);
    } finally {
      leave();
    }
  }

  router
    .route('/inspect')
    .all((_request, response, next) => {
      // With `no-referrer`, browsers send `Origin: null` with our own form (Fetch, "append a request Origin header").
      response.set('Referrer-Policy', 'same-origin');
      next();
    })
    .get((request, response) => form(request, response))
    .post(judge)
    .all(refuseMethod('GET, HEAD, POST', 'Use GET, HEAD or POST.'));
}

const notOurs = literal('This form is only accepted from this page. Please send it again from here.');
const tooMany = literal('Too much is being inspected at the moment. Please try again in a minute.');

const unknown = literal(
  'It takes too long to see whether that contains a private key, so it was refused. Nothing was kept. Send the certificates alone.',
);

function refusal(what: Extract<Dropped, { readonly refused: unknown }>['refused']): SafeText {
  if (what === 'unknown') return unknown;
  return say`That contains a ${what}, so it was refused: nothing else in it was looked at, and nothing was kept. A private key must stay on the machine that uses it. If it has just crossed a network that others can read, or you are not sure, ask for a certificate with a new key.`;
}

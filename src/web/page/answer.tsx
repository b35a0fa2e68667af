/** How a page is framed and sent. */
import type { Request, RequestHandler, Response } from 'express';
import { sendText } from '../answers/compression.ts';
import type { Shown } from '../shown.ts';
import { tally, worstStanding } from './overview/select.ts';
import type { Assets } from './parts/assets.ts';
import { NotFound } from './parts/not-found.tsx';
import { renderPage } from './parts/render.tsx';
import type { Frame } from './views.ts';

/** What every page is made with. */
export interface Site {
  readonly shown: Shown;
  readonly assets: Assets;
}

/** What a page says of itself. */
export type About = Pick<Frame, 'title' | 'headline' | 'section'> & Partial<Pick<Frame, 'standing' | 'isAnswer'>>;

/** @param about - without a standing the page is about all environments. */
export function sendPage(
  { shown, assets }: Site,
  request: Request<object>,
  response: Response,
  about: About,
  content: Parameters<typeof renderPage>[1],
): void {
  const { styles, script, icon } = assets;
  const { environments, name } = shown.estate();
  const estate = { ...(name === undefined ? {} : { name }), standing: worstStanding(tally(environments)) };
  const standing = about.standing ?? estate.standing;
  const { pathname, search } = new URL(request.originalUrl, 'http://here');
  const frame = { styles, script, icon: icon(standing), here: pathname + search, now: shown.now(), estate };
  response.set('Cache-Control', 'no-store').type('html');
  sendText(response, renderPage({ ...frame, ...about, standing }, content));
}

export function sendMissing(site: Site, request: Request<object>, response: Response, what: string): void {
  response.status(404);
  sendPage(site, request, response, { title: 'Not found', headline: 'Not found' }, <NotFound what={what} />);
}

/** Programs get problem details, and so does everyone below these paths. */
const forPrograms = /^\/(api|assets)\//;

/** A wrong address: a browser gets a page. */
export const wrongAddress =
  (site: Site): RequestHandler =>
  async (request, response, next) => {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!reads || forPrograms.test(request.path) || request.accepts(['json', 'html']) !== 'html') return next();
    return sendMissing(
      site,
      request,
      response,
      'There is no page at this address. It may have been mistyped or be out of date.',
    );
  };

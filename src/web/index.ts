/** HTTP: health, metrics, page, API, calendar. */
export { createApp } from './app.ts';
export type { BasicAuth } from './basic-auth.ts';
export { type Pages, pages } from './pages.ts';
export { ListenError, type ListenOptions, listen, type WebServer } from './server.ts';
export type { Shown } from './shown.ts';

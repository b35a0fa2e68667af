/** HTTP: health, metrics, page, API, calendar. */
export type { BasicCredentials } from './access/access.ts';
export { hashPassword } from './access/password.ts';
export { createApp, type WebOptions } from './app.ts';
export { clientAddress } from './connections/peer.ts';
export { type Pages, pages } from './pages.ts';
export { ListenError, type ListenOptions, listen, type WebServer } from './server.ts';
export type { Shown } from './shown.ts';

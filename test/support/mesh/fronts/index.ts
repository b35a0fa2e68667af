import type { Front } from './front.ts';
import { gnutls, go, java, node, openssl, python } from './libraries.ts';
import { haproxy, hitch, stunnel } from './proxies.ts';
import { apache, caddy, lighttpds, nginx } from './web-servers.ts';

export { type Front, type FrontOptions, type RunningFront, startFront, type TlsVersion } from './front.ts';

export const fronts: readonly Front[] = [
  nginx,
  apache,
  haproxy,
  stunnel,
  hitch,
  caddy,
  ...lighttpds,
  openssl,
  gnutls,
  java,
  go,
  python,
  node,
];

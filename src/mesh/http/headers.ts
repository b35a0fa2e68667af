import { arch, release, type } from 'node:os';
import { version } from '../../version.ts';

/** What MESH wants to know about its caller. */
export interface ClientFacts {
  readonly version: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly osArchitecture: string;
}

const product = 'mesh-cert-monitor';

/** MESH API specification: without the first three, MESH answers 400. */
export function meshHeaders(client: ClientFacts): Record<string, string> {
  return {
    'mex-ClientVersion': `${product}==${client.version}`,
    'mex-OSName': client.osName,
    'mex-OSVersion': client.osVersion,
    'mex-OSArchitecture': client.osArchitecture,
    Accept: 'application/vnd.mesh.v2+json',
    'User-Agent': `${product}/${client.version}`,
  };
}

/** This program on this machine. */
export function clientFacts(): ClientFacts {
  return { version, osName: type(), osVersion: release(), osArchitecture: arch() };
}

import { machine, release, version as systemVersion, type } from 'node:os';
import { version } from '../../installation/index.ts';

/** What MESH requires to know about its caller. */
export interface CallerFacts {
  readonly version: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly osArchitecture: string;
}

const product = 'mesh-cert-monitor';

/** MESH API specification: without the first three, MESH answers 400. Each has the form that NHS England's own client gives it. */
export function meshHeaders(caller: CallerFacts): Record<string, string> {
  return {
    'mex-ClientVersion': `${product}==${caller.version}`,
    'mex-OSName': caller.osName,
    'mex-OSVersion': caller.osVersion,
    'mex-OSArchitecture': caller.osArchitecture,
    Accept: 'application/vnd.mesh.v2+json',
    'Accept-Encoding': 'gzip',
    'User-Agent': `${product}/${caller.version}`,
  };
}

/** This program on this machine: `6.1.0-18-amd64 #1 SMP …` and `x86_64`, as uname prints them. */
export function callerFacts(): CallerFacts {
  return {
    version,
    osName: type(),
    osVersion: printable(`${release()} ${systemVersion()}`),
    osArchitecture: printable(machine()),
  };
}

/** A header allows no other characters (RFC 9110 §5.5), whatever a kernel calls itself. */
const printable = (text: string) => text.replace(/[^\x20-\x7e]+/g, ' ').trim();

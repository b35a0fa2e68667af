/** The cause as one phrase, next to what MESH said: the two must not seem to contradict each other. */
import { catalogue, type Finding } from '../findings/index.ts';
import { reasonCatalogue } from '../mesh/index.ts';
import { type SafeText, say } from '../text/index.ts';
import type { Evidence, Wording } from './types.ts';
import { utcMinute } from './words.ts';

export function headlineOf(evidence: Evidence, cause: Finding | undefined, wording: Wording | undefined): SafeText {
  if (!cause) return say`Nothing needs attention`;
  return say`${wording?.headline ?? titleOf(evidence, cause)}${besideMesh(evidence, cause)}`;
}

function titleOf({ handshake }: Evidence, { code }: Finding): string {
  const reason = code === 'handshake_failed' ? handshake?.reason : undefined;
  return reason ? reasonCatalogue[reason].title : catalogue[code].title;
}

const aboutCredential = new Set(['reading', 'match', 'chain', 'validity', 'strength']);

/** Our files are refused by us and accepted by MESH, or the other way round. */
function besideMesh({ assessment, handshake }: Evidence, { code, severity }: Finding): string {
  if (!assessment || !handshake) return '';
  const { group } = catalogue[code];
  const accepted = handshake.outcome === 'success' && handshake.clientCertificateRequested !== false;
  if (accepted && !assessment.valid && severity === 'critical' && aboutCredential.has(group)) {
    const who = handshake.serverVerified ? 'MESH' : 'A server that was not verified';
    return `. ${who} still accepted a connection at ${utcMinute(handshake.startedAt)} (HTTP ${handshake.httpStatus})`;
  }
  if (code !== 'handshake_failed' || !assessment.valid || !refusesUs.has(handshake.reason ?? '')) return '';
  return '. The files here are in order: they can be read, fit each other and are in date';
}

/** Reasons with which somebody may doubt the files. */
const refusesUs = new Set<string>([
  'client_certificate_required',
  'client_certificate_expired',
  'client_certificate_rejected',
  'bad_request',
]);

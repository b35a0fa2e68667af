/** This machine's clock is wrong, and everything that depends on time looks wrong. */
import { hourMs, minuteMs, secondMs } from '../../time/index.ts';
import { issuerIsMissing } from '../server-path.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import { clientOf, utcMinute } from '../words.ts';
import { expired } from './client.ts';

/** MESH API specification, authorization: MESH refuses a token that is more than 2 hours off. */
const tokenSkewSeconds = (2 * hourMs) / secondMs;

const skewOf = ({ handshake }: Evidence) => handshake?.clockSkewSeconds ?? 0;
/** By MESH's clock. */
const trueTime = (evidence: Evidence) => new Date(evidence.now.getTime() - skewOf(evidence) * secondMs);

const synchronised =
  'keep it synchronised (NTP): `timedatectl set-ntp true`, or ask whoever runs this machine or container host.';
const checkFirst = `Check the clock first (\`date -u\`). If it is wrong, set it and ${synchronised}`;

function clockIsOff(evidence: Evidence): Wording {
  return {
    headline: `This machine’s clock is ${lengthOf(Math.abs(skewOf(evidence)))} ${skewOf(evidence) > 0 ? 'fast' : 'slow'}`,
    message: `It is ${utcMinute(evidence.now)} here and ${utcMinute(trueTime(evidence))} at MESH.`,
    remedy: `Set this machine’s clock and ${synchronised}${isInDate(evidence, trueTime(evidence)) ? ' Nothing else needs changing.' : ''}`,
    command: 'timedatectl set-ntp true',
  };
}

function lengthOf(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

const isInDate = (evidence: Evidence, at: Date) => {
  const client = clientOf(evidence);
  return client !== undefined && client.notBefore <= at && at <= client.notAfter;
};

/** Nothing that MESH said tells the time, and its own certificate is not accepted. */
const timeIsUnknown = ({ handshake }: Evidence) =>
  handshake?.serverVerified === false && handshake.clockSkewSeconds === undefined;

/** MESH's certificate, too, is not valid yet by this clock: two parties that do not know each other are not both wrong. */
const serverIsEarlyToo = (evidence: Evidence): boolean =>
  timeIsUnknown(evidence) &&
  evidence.handshake?.serverCertificates.some(({ notBefore }) => notBefore > evidence.now) === true;

/** MESH's own, from a CA of ours: a CA may have ended together with everything that it issued. */
function serverHasExpiredToo(evidence: Evidence): boolean {
  const [own] = evidence.handshake?.serverCertificates ?? [];
  return timeIsUnknown(evidence) && own !== undefined && own.notAfter < evidence.now && !issuerIsMissing(evidence);
}

const probablySlow = ({ now }: Evidence): Wording => ({
  headline: `This machine’s clock is probably slow: by it, neither our certificate nor MESH’s is valid yet`,
  message: `By this machine’s clock it is ${utcMinute(now)}, and MESH’s own certificate is not valid yet either.`,
  remedy: checkFirst,
  command: 'timedatectl set-ntp true',
});

function probablyFast(evidence: Evidence): Wording {
  const { calls, remedy } = expired(evidence);
  return {
    headline: 'This machine’s clock is probably fast: by it, our certificate and MESH’s have both expired',
    message: `By this machine’s clock it is ${utcMinute(evidence.now)}, and MESH’s own certificate has expired too.`,
    remedy: `${checkFirst} If it is right, the certificate has really expired. ${remedy}`,
    ...(calls === undefined ? {} : { calls }),
    command: 'date -u',
  };
}

export const clockRules: readonly Rule[] = [
  {
    name: 'A clock that is hours off makes MESH refuse the authorization token (403)',
    cause: 'clock_skew',
    reasons: ['authentication_failed'],
    when: (evidence) => Math.abs(skewOf(evidence)) > tokenSkewSeconds - (5 * minuteMs) / secondMs,
    says: clockIsOff,
  },
  {
    name: 'A wrong clock makes a certificate look expired or not valid yet',
    cause: 'clock_skew',
    reasons: ['client_certificate_rejected', 'server_certificate_expired', 'server_certificate_untrusted'],
    consequences: [
      'certificate_expired',
      'certificate_not_yet_valid',
      'ca_expired',
      'ca_not_yet_valid',
      'certificate_expires_imminently',
      'renewal_overdue',
      'renewal_due',
      'verifiers_disagree',
    ],
    when: (evidence) =>
      Math.abs(skewOf(evidence)) > (5 * minuteMs) / secondMs &&
      isInDate(evidence, trueTime(evidence)) &&
      !isInDate(evidence, evidence.now),
    says: clockIsOff,
  },
  { name: 'A wrong clock by itself', cause: 'clock_skew', says: clockIsOff },
  {
    name: 'By this machine’s clock neither our certificate nor MESH’s is valid yet',
    cause: 'certificate_not_yet_valid',
    reasons: ['server_certificate_untrusted', 'server_certificate_expired'],
    consequences: ['ca_not_yet_valid', 'verifiers_disagree'],
    when: serverIsEarlyToo,
    says: probablySlow,
  },
  {
    name: 'By this machine’s clock neither a CA of ours nor MESH’s certificate is valid yet',
    cause: 'ca_not_yet_valid',
    reasons: ['server_certificate_untrusted', 'server_certificate_expired'],
    consequences: ['verifiers_disagree'],
    when: serverIsEarlyToo,
    says: probablySlow,
  },
  {
    name: 'By this machine’s clock our certificate and MESH’s have both expired',
    cause: 'certificate_expired',
    reasons: ['server_certificate_expired'],
    consequences: ['ca_expired', 'verifiers_disagree'],
    when: serverHasExpiredToo,
    says: probablyFast,
  },
];

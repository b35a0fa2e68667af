import { labelOf } from '../label.ts';
import type { PathRule } from './rule.ts';

/**
 * RFC 5280 §6.1.4 (o), §6.1.5 (f), §4.2: a critical extension that is not processed is a reason to reject. The two key identifiers are
 * processed, but RFC 5280 requires them to be non-critical, and OpenSSL accepts them only so.
 */
export const criticalExtensionFailures: PathRule = ({ path }) =>
  path.flatMap((certificate) => {
    const oids = certificate.unhandledCriticalExtensions;
    if (oids.length === 0) return [];
    const message = `${labelOf(certificate)} has a critical extension that is not supported: ${oids.map(named).join(', ')}.`;
    return [{ code: 'chain_critical_extension_unknown', certificate, message }];
  });

const names: Readonly<Record<string, string>> = {
  '2.5.29.14': 'subject key identifier, which may not be critical',
  '2.5.29.35': 'authority key identifier, which may not be critical',
};

const named = (oid: string): string => (names[oid] === undefined ? oid : `${oid} (${names[oid]})`);

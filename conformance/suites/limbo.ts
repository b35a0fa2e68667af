/**
 * C2SP x509-limbo. Its verdicts are a TLS client's on a web server's certificate: on the path, on the server's name, on CRLs, and on the rules
 * of the CA/Browser Forum. Here only the path is judged.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Case } from '../case.ts';
import { isSelfSigned, read } from '../certificates.ts';

interface Suite {
  readonly testcases: readonly Testcase[];
}

interface Testcase {
  readonly id: string;
  readonly features: readonly string[];
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
}

interface Scope {
  readonly outside: Readonly<Record<string, readonly string[]>>;
  readonly accept: Readonly<Record<string, readonly string[]>>;
  readonly authorities: readonly string[];
}

/** BetterTLS is a separate suite. */
const elsewhere = 'bettertls::';
const clientAuth = '1.3.6.1.5.5.7.3.2';

export function limboCases(text: string): Case[] {
  const scope = parse(readFileSync(join(import.meta.dirname, 'limbo.yaml'), 'utf8')) as Scope;
  const { testcases } = JSON.parse(text) as Suite;
  return testcases
    .filter(({ id }) => !id.startsWith(elsewhere))
    .map((test) => ({
      suite: 'x509-limbo',
      id: test.id,
      group: test.id.split('::').slice(0, -1).join('::'),
      certificate: test.peer_certificate,
      bundle: [...test.trusted_certs, ...test.untrusted_intermediates].join(''),
      at: new Date(test.validation_time ?? Date.now()),
      ignored: ignoredIn(test, scope),
      ...expectation(test, scope),
    }));
}

function expectation(test: Testcase, scope: Scope): Pick<Case, 'expected' | 'remark'> {
  const suites = test.expected_result === 'SUCCESS' ? 'accept' : 'reject';
  const outside = structurallyOutside(test) ?? reasonIn(scope.outside, test.id);
  if (outside !== undefined) return { remark: outside };
  const accepted = reasonIn(scope.accept, test.id);
  if (accepted !== undefined) return { expected: 'accept', remark: accepted };
  // A purpose that is wrong in a suite for servers is right here.
  if (test.id === 'rfc5280::eku::ee-wrong-eku' && isForClients(test))
    return { expected: 'accept', remark: 'a purpose for servers' };
  return { expected: suites };
}

/** There is nothing but the bundle: each of its certificates is trusted, and a path ends at a self-signed one. */
function structurallyOutside(test: Testcase): string | undefined {
  if (!test.trusted_certs.every(isSelfSigned)) return 'a trust anchor that is not self-signed';
  if (test.expected_result === 'SUCCESS') return undefined;
  if (test.untrusted_intermediates.some(isSelfSigned)) return 'a self-signed certificate that must not be trusted';
  if (test.features.includes('has-crl')) return 'refused because of a CRL';
  return test.features.includes('max-chain-depth') ? 'a limit on the depth of the path' : undefined;
}

const reasonIn = (reasons: Scope['outside'], id: string) =>
  Object.keys(reasons).find((reason) => reasons[reason]?.some((prefix) => id.startsWith(prefix)));

function ignoredIn(test: Testcase, { authorities }: Scope): string[] {
  const asksForPurpose = /eku::ee-(wrong-eku|eku-empty)/.test(test.id);
  return [
    ...(isForServers(test) && !asksForPurpose ? ['client_auth_not_permitted'] : []),
    ...(authorities.includes(test.id) ? ['digital_signature_not_permitted'] : []),
  ];
}

const purposesOf = ({ peer_certificate }: Testcase) => read(peer_certificate)?.keyUsage;
const isForServers = (test: Testcase) => purposesOf(test)?.includes(clientAuth) === false;
const isForClients = (test: Testcase) => !isForServers(test);

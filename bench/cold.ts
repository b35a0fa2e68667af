/** One credential assessed for the first time, compared with what OpenSSL has to do for it in any program. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { duplexPair } from 'node:stream';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { Secret } from '../src/config/index.ts';
import { generateKeys } from '../src/demo/keys.ts';
import { addYears, createRoot, issueServer } from '../src/demo/pki.ts';
import { examineSources } from '../src/examine/index.ts';
import { type Estate, type Place, passphrase } from './estate.ts';
import type { Figure } from './figures.ts';
import { costOf, median } from './measure.ts';

const policy = {
  chainOrder: 'root-first',
  thresholds: { warningMs: 45 * 86_400_000, criticalMs: 14 * 86_400_000 },
} as const;
const mostBatch = 20;

/** In this thread, in turns with the floor. */
export async function coldFigures({ places }: Estate): Promise<Figure[]> {
  const server = await serverContext(readFileSync(places[0]?.bundle ?? '', 'utf8'));
  const batch = Math.min(mostBatch, places.length);
  const [ours, floor]: number[][] = [[], []];
  for (let from = 0; from + batch <= Math.min(places.length, 10 * batch); from += batch) {
    const some = places.slice(from, from + batch);
    const each = async (work: (place: Place) => Promise<unknown>) => {
      const { cpuMs } = await costOf(async () => {
        for (const place of some) await work(place);
      });
      return cpuMs / batch;
    };
    floor?.push(await each((place) => unavoidable(place, server)));
    ours?.push(await each(assessed));
  }
  const value = median(ours ?? []);
  const least = median(floor ?? []);
  return [
    {
      name: 'cold assessment, CPU per credential',
      value,
      unit: 'ms',
      floor: least,
      against: 'decrypting, parsing and one TLS handshake in memory',
      target: least * 1.3,
    },
  ];
}

async function assessed({ certificate, key, bundle }: Place): Promise<void> {
  const file = (path: string) => ({ kind: 'file', path }) as const;
  const sources = {
    certificate: file(certificate),
    privateKey: file(key),
    passphrase: { kind: 'inline', value: new Secret(passphrase) },
    caBundle: file(bundle),
  } as const;
  const { assessment } = await examineSources(sources, policy, {}, new Date());
  if (!assessment.valid) throw new Error(JSON.stringify(assessment.findings));
}

/** What any program has to leave to OpenSSL, with one server for all. */
async function unavoidable({ certificate, key, bundle }: Place, server: SecureContext): Promise<void> {
  const [pem, encrypted] = [readFileSync(certificate, 'utf8'), readFileSync(key, 'utf8')];
  readFileSync(bundle);
  new X509Certificate(pem);
  const decrypted = createPrivateKey({ key: encrypted, passphrase }).export({ type: 'pkcs8', format: 'pem' });
  const [near, far] = duplexPair();
  const client = connect({
    socket: near,
    secureContext: createSecureContext({ cert: pem, key: decrypted }),
    rejectUnauthorized: false,
  });
  const accepting = new TLSSocket(far, {
    isServer: true,
    secureContext: server,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const verdict = await new Promise<string | undefined>((resolve, reject) => {
    accepting.once('secure', () =>
      resolve((accepting as { ssl?: { verifyError(): Error | null } }).ssl?.verifyError()?.message),
    );
    accepting.once('error', reject);
    client.once('error', reject);
  });
  client.destroy();
  accepting.destroy();
  if (verdict) throw new Error(verdict);
}

async function serverContext(ca: string): Promise<SecureContext> {
  const root = await createRoot({
    commonName: 'Server Root',
    notBefore: addYears(new Date(), -1),
    years: 2,
    key: 'ec-p256',
  });
  const keys = await generateKeys('ec-p256');
  const { pem } = await issueServer(root, {
    publicKey: keys.publicKey,
    notBefore: addYears(new Date(), -1),
    names: ['localhost'],
    notAfter: root.notAfter,
  });
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  return createSecureContext({ cert: pem, key, ca, ecdhCurve: 'X25519' });
}

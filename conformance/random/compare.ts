/** Random paths, judged by the product and by OpenSSL. */
import { inspect } from 'mesh-cert-monitor';
import { Openssl } from '../openssl.ts';
import { type Difference, explain } from './differences.ts';
import { generate } from './generate.ts';

export interface Comparison {
  /** Both accept. */
  accepted: number;
  /** Both refuse. */
  refused: number;
  /** How often each rule explained a difference. */
  readonly explained: Map<string, number>;
  /** Defects on one side or the other. */
  readonly unexplained: Difference[];
}

/** At least two cores can be expected. */
const atOnce = 2;

/** @param first the first seed; each path takes the next */
export async function compareWithOpenssl(
  count: number,
  first: number,
  progress: (done: number) => void = () => undefined,
): Promise<Comparison> {
  const result: Comparison = { accepted: 0, refused: 0, explained: new Map(), unexplained: [] };
  const openssl = new Openssl();
  let next = first;
  try {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < first + count) {
          progress(next - first);
          await compareOne(next++, openssl, result);
        }
      }),
    );
  } finally {
    openssl.close();
  }
  return result;
}

async function compareOne(seed: number, openssl: Openssl, result: Comparison): Promise<void> {
  const path = generate(seed);
  const bundle = path.bundle.join('');
  const [ours, theirs] = await Promise.all([
    inspect({ certificate: path.certificate, caBundle: bundle }, { at: path.at }),
    openssl.ask({ ...path, bundle }),
  ]);
  if (ours.valid === theirs.accepted) {
    result[ours.valid ? 'accepted' : 'refused'] += 1;
    return;
  }
  const difference = { path, ours, theirs };
  const rules = await explain(difference, openssl);
  if (!rules) result.unexplained.push(difference);
  for (const rule of rules ?? []) result.explained.set(rule, (result.explained.get(rule) ?? 0) + 1);
}

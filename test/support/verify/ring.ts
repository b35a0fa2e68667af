/** Ten CAs that all certify each other and themselves, each pair ten times: a thousand certificates that lead round in circles. */
import { ca, copies, keysFor, type Made } from '../pki.ts';

export interface Ring {
  readonly certificates: readonly Made[];
  /** One of the ten, as an issuer. */
  authority(index: number): Pick<Made, 'keys' | 'subject'>;
}

export async function ringOfAuthorities(): Promise<Ring> {
  const keys = await Promise.all(Array.from({ length: 10 }, (_, index) => keysFor('ec-p256', `ring ${index}`)));
  const authority = (index: number) => ({ keys: keys[index % 10]!, subject: [{ CN: [`Ring ${index % 10}`] }] });
  const pairs = Array.from({ length: 100 }, async (_, index) => {
    const issuer = authority(Math.floor(index / 10));
    return copies(await ca({ ...authority(index), issuer }), issuer.keys, 10);
  });
  return { certificates: (await Promise.all(pairs)).flat(), authority };
}

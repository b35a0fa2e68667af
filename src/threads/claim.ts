/** A job that two may take: the thread that it waits in, to begin it, and the pool, to give it to another thread. Only one of them gets it. */
export type Claim = SharedArrayBuffer;

export const newClaim = (): Claim => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

/** @returns whether the other one has not. */
export const claims = (claim: Claim): boolean => Atomics.compareExchange(new Int32Array(claim), 0, 0, 1) === 0;

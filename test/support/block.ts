/** Nothing else runs in this thread for so long, and nobody's processor is used meanwhile. */
export function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

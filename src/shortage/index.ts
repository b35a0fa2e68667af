/** What this process itself may lack (descriptors, memory, its loop's time), and the error that says so. */
export { descriptorLimit, descriptorShortage } from './descriptors.ts';
export { ResourceShortageError, shortageOf } from './error.ts';
export { type LoopWatch, loopShortage, watchLoop } from './loop.ts';

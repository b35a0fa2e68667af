/** Shortages in this process itself (file descriptors, memory, time on the event loop), and the error that reports them. */
export { descriptorShortage, reservedDescriptors, socketShare } from './descriptors.ts';
export { ResourceShortageError, shortageOf } from './error.ts';
export { type LoopWatch, loopShortage, watchLoop } from './loop.ts';

/** Long work in the main thread, in turns. */
export { turns } from './turns.ts';

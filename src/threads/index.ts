/** Threads for work that must not hold up the main loop, with a deadline that really ends it. */
export { answer } from './answer.ts';
export { ThreadDeadlineError, ThreadPool } from './pool.ts';

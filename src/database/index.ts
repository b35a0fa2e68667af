/** Small SQLite files in the state directory: what the service remembers besides the renewals. */
export { gatheredWrites } from './gathered.ts';
export { openDatabase } from './open.ts';

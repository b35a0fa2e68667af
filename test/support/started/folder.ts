import { join } from 'node:path';

export const folder = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'started');

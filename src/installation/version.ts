import { join } from 'node:path';
import { readOwnFile } from './own-files.ts';
import { packageFolder } from './places.ts';

/** Of this package. */
export const version: string = JSON.parse(readOwnFile(join(packageFolder, 'package.json')).toString()).version;

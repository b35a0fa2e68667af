/** Where a value or a secret comes from, as in the configuration. */

import type { Source } from '../../src/sources/index.ts';
import { Secret } from '../../src/sources/secret.ts';

export const file = (path: string): Source => ({ kind: 'file', path });
export const variable = (name: string): Source => ({ kind: 'env', name });
export const inline = (value: string): Source => ({ kind: 'inline', value: new Secret(value) });

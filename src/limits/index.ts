/** How much work one input may cause: every limit in one place. */
export { type Allowance, allowance } from './allowance.ts';
export { type LimitName, limitCatalogue, limits } from './limits.ts';

/** A complete set of environments on one machine: throwaway PKI, MESH stand-in, mail catcher. */
export { createEstate, type Estate } from './estate.ts';
export { MissingPackageError } from './mail-catcher.ts';
export { thingsToTry } from './try.ts';

/** The renewal shown in docs/renewal.md, under the name that the tests use. */
export * from '../../../scripts/docs/example-renewal.ts';

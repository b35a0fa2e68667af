/** The renewal that docs/renewal.md shows, under the name by which the tests know it. */
export * from '../../../scripts/docs/example-renewal.ts';

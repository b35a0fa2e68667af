import type { StoreProblem } from './driver.ts';

/** `AWS Secrets Manager did not answer GetSecretValue (ECONNREFUSED)` */
export const problemText = ({ store, operation, errorClass, kind }: StoreProblem): string =>
  `${store} ${kind === 'denied' ? 'refused' : 'did not answer'} ${operation} (${errorClass})`;

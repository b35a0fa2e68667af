/** Environment variables, as `process.env` has them: passed in, so that no rule reads the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

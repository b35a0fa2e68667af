/** Environment variables, in the form of `process.env`. Passed in, so that rules never read the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

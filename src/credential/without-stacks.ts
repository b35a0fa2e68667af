/**
 * Node finds out what kind of key it was given by exceptions that it catches itself, up to four for one key. Collecting their stacks takes as
 * long as reading the key. What `work` itself throws has none either, so it is for those who only want to know that it failed.
 */
export function withoutStacks<Result>(work: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Runs `work` again and again, with a pause of `everyMs` in between, until the returned function is called. Does not keep the process alive. */
export function repeat(
  work: () => Promise<unknown>,
  { everyMs, failed }: { everyMs: number; failed: (error: unknown) => void },
): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const plan = () => {
    timer = setTimeout(run, everyMs).unref();
  };
  const run = async () => {
    await work().catch(failed);
    if (!stopped) plan();
  };
  plan();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

import { StoreUnavailableError } from './driver.ts';

/**
 * Loads the SDK of a store, which is installed only by who uses that store.
 * @param load an `import()` of the package: a literal, so that bundlers leave it alone
 * @throws {StoreUnavailableError} that says what to install
 */
export async function loadPackage<T>(name: string, store: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new StoreUnavailableError({
      store,
      operation: 'loading its SDK',
      errorClass: `${name} is not installed`,
      kind: 'failed',
      remedy: `Run \`npm install ${name}\` where mesh-cert-monitor is installed, and restart the service. The container image has it already.`,
    });
  }
}

/** Before all tests: the modules that the program starts by itself, from the sources as they are now. Loading them one by one takes four times as long. */
import { startedModules, writeBundle } from '../../../scripts/build/bundle.ts';
import { folder } from './folder.ts';

export default async function setup(): Promise<void> {
  await writeBundle(folder, startedModules);
}

/** What is installed: the program's version, and where its own files are. */
export { listOwnFiles, readOwnFile } from './own-files.ts';
export { startThread } from './own-threads.ts';
export { bundledName, packageFolder, servedFolder, startedModule } from './places.ts';
export { version } from './version.ts';

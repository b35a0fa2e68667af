/** What is installed: the program's version, and where its own files are. */
export { bundledName, packageFolder, servedFolder, startedModule } from './places.ts';
export { version } from './version.ts';

/** Reads files that others provide: only regular files, and only up to a limit. Replaces files, and keeps the previous ones. Does without a file where that is possible. */
export { type Disk, diskOf, mountsNow } from './disk.ts';
export { dispensable } from './dispensable.ts';
export { giveToFolder, makeFolder, noLinks } from './folder-owner.ts';
export { type FileContent, type FileProblem, readRegularFile } from './read-regular-file.ts';
export { type ReplacedFile, type Replacement, replaceFiles, type StagedFiles, stageFiles } from './replace-files.ts';

import { statfsSync } from 'node:fs';

/** The `f_type` of statfs(2), from Linux's `linux/magic.h`. Their clients do not share memory, which SQLite's WAL needs, nor locks reliably. */
const networkFileSystems: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'SMB (CIFS)',
  4266872130: 'SMB',
};

/** @returns what it is called if a state directory cannot be kept on it. */
export function networkFileSystem(type: number): string | undefined {
  // 32 bits, which some kernels extend with their sign.
  return networkFileSystems[type >>> 0];
}

/** Of the file system that contains `directory`; undefined for a local one, and where the operating system does not say. */
export function networkFileSystemOf(directory: string): string | undefined {
  return process.platform === 'linux' ? networkFileSystem(statfsSync(directory).type) : undefined;
}

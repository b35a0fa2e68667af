import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What can be waited for together: if one of its files hangs, so do the others. */
export type Disk = string;

/** Types of file systems that wait for another machine or process (proc(5), filesystems(5)). */
const remote = /^(nfs4?|cifs|smb3|smbfs|9p|afs|ceph|glusterfs|lustre|virtiofs|fuse(\..+)?)$/;

/**
 * The mount point of a network file system, or the folder of the file. Nothing is asked of the disk itself, which would hang.
 * @param path of a file
 * @param mounts as from `remoteMounts`
 */
export function diskOf(path: string, mounts: readonly string[]): Disk {
  const folder = dirname(resolve(path));
  const on = mounts.filter((mount) => folder === mount || folder.startsWith(mount === '/' ? mount : `${mount}/`));
  return on.reduce((longest, each) => (each.length > longest.length ? each : longest), '') || folder;
}

/** Mount points of network file systems, from the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function remoteMounts(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, mount = '', type = ''] = /^\S+ \S+ \S+ \S+ (\S+) .* - (\S+) /.exec(line) ?? [];
    return remote.test(type) ? [unescaped(mount)] : [];
  });
}

/** Spaces and the like are written in octal. */
const unescaped = (text: string) =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Of this machine, as of a minute ago at most. Empty where the system does not say. */
export function mountsNow(): readonly string[] {
  if (performance.now() - readAt > mountsHoldMs) [mounts, readAt] = [readRemoteMounts(), performance.now()];
  return mounts;
}

const mountsHoldMs = 60_000;
let [mounts, readAt]: [readonly string[], number] = [[], Number.NEGATIVE_INFINITY];

function readRemoteMounts(): string[] {
  try {
    return remoteMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return [];
  }
}

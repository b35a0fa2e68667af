/** Who may read the file of a private key. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Finding, finding } from '../findings/index.ts';
import type { PartContent } from './snapshot.ts';

/** Only a file that everyone can read: a dedicated group is a common and safe way to share a key with a service. */
export async function permissions({ mode, path, place }: PartContent): Promise<Finding[]> {
  // On Windows access control lists decide, and the mode is made up from the read-only attribute.
  if (mode === undefined || (mode & 0o004) === 0 || process.platform === 'win32') return [];
  const octal = `mode 0${mode.toString(8).padStart(3, '0')}`;
  if (path === undefined || !(await isInKubernetesVolume(path))) {
    const message = `${place}: every account on this machine can read it (${octal}).`;
    return [finding('private_key_permissions', message, { subject: place })];
  }
  const message = `${place}: any account in this container can read it (${octal}); nothing outside it can see the mount.`;
  return [finding('private_key_permissions', message, { subject: place, severity: 'info', remedy: volumeRemedy })];
}

const volumeRemedy =
  'Nothing has to be done. To narrow it, set `defaultMode: 0440` on the volume and `fsGroup` in the pod’s security context; a mounted Secret is read-only, so `chmod` cannot.';

/**
 * Whether the file is in a volume laid out by the kubelet: each file is a link through `..data`, and `..data` is a link to a
 * directory whose name begins with two dots (Kubernetes, `pkg/volume/util/atomic_writer.go`). The user's own links to such a file count as well.
 */
async function isInKubernetesVolume(path: string): Promise<boolean> {
  const target = await resolved(path);
  if (target === undefined) return false;
  for (let directory = dirname(target); directory !== dirname(directory); directory = dirname(directory)) {
    if (!basename(directory).startsWith('..')) continue;
    return (await resolved(join(dirname(directory), '..data'))) === directory;
  }
  return false;
}

/** Undefined if there is nothing there, or no longer anything. */
async function resolved(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}

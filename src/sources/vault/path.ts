/** Where a secret is in a KV version 2 engine: `MOUNT/PATH`. */
import type { VaultSettings } from '../types.ts';

/** How far the mount goes: to the first slash, unless it is known to have one in its name. */
export function splitPath(
  whole: string,
  { mount }: Pick<VaultSettings, 'mount'>,
): { readonly mount: string; readonly path: string } {
  const length = mount !== undefined && whole.startsWith(`${mount}/`) ? mount.length : whole.indexOf('/');
  return { mount: whole.slice(0, length), path: whole.slice(length + 1) };
}

export interface VaultPlace {
  /** `MOUNT/data/PATH`, as policies and capabilities name it. */
  readonly data: string;
  /** The same in a URL. */
  readonly dataUrl: string;
  /** The secret as a whole, with its versions. */
  readonly metadataUrl: string;
  /** Where Vault says which engine it is in, to everyone who may do something there. */
  readonly engineUrl: string;
}

const inUrl = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export function vaultPlace(whole: string, settings: Pick<VaultSettings, 'mount'>): VaultPlace {
  const { mount, path } = splitPath(whole, settings);
  const data = `${mount}/data/${path}`;
  return {
    data,
    dataUrl: inUrl(data),
    metadataUrl: inUrl(`${mount}/metadata/${path}`),
    engineUrl: `sys/internal/ui/mounts/${inUrl(whole)}`,
  };
}

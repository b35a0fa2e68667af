/** `MOUNT/PATH` → `MOUNT/data/PATH`: the data of a KV version 2 engine, as policies and capabilities name it. */
export const dataPath = (path: string): string => path.replace('/', '/data/');

const inUrl = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** The same in a URL. */
export const dataUrlPath = (path: string): string => inUrl(dataPath(path));

/** Of a secret as a whole, with its versions. */
export const metadataUrlPath = (path: string): string => inUrl(path.replace('/', '/metadata/'));

/** Where Vault says which engine a path is in, to everyone who may do something there. */
export const mountUrlPath = (path: string): string => `sys/internal/ui/mounts/${inUrl(path)}`;

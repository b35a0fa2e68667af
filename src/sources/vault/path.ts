/** `MOUNT/PATH` → `MOUNT/data/PATH`: the data of a KV version 2 engine, as policies and capabilities name it. */
export const dataPath = (path: string): string => path.replace('/', '/data/');

/** The same in a URL. */
export const dataUrlPath = (path: string): string => dataPath(path).split('/').map(encodeURIComponent).join('/');

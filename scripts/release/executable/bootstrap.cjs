// The first code that runs in the single executable, and in each of its threads. The program's files are inside the executable; this lets Node.js load
// modules from there as if they were in a folder beside it. That folder does not exist, and nothing is written anywhere.
const { createRequire, registerHooks } = require('node:module');
const { dirname, join, relative, resolve, sep } = require('node:path');
const { getAsset, getAssetKeys } = require('node:sea');
const { fileURLToPath } = require('node:url');

// A package that is installed beside the executable is found from here.
const folder = resolve(dirname(process.execPath), 'mesh-cert-monitor.files');
const names = new Set(getAssetKeys());

const nameOf = (path) => relative(folder, path).split(sep).join('/');
const nameOfUrl = (url) => (url.startsWith('file:') ? nameOf(fileURLToPath(url)) : '');

registerHooks({
  resolve(specifier, context, next) {
    if (/^(\.|file:)/.test(specifier)) {
      const { href } = new URL(specifier, context.parentURL);
      if (names.has(nameOfUrl(href))) return { url: href, format: 'module', shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    const name = nameOfUrl(url);
    if (!names.has(name)) return next(url, context);
    return { format: 'module', source: getAsset(name, 'utf8'), shortCircuit: true };
  },
});

// src/installation/own-files.ts looks for it.
globalThis.meshCertMonitorExecutable = {
  read: (path) => Buffer.from(getAsset(nameOf(path))),
  list: (path) => {
    const start = `${nameOf(path)}/`;
    return [...names].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  },
  bootstrap: getAsset('bootstrap.cjs', 'utf8'),
};

// The `require` of this file itself would only find what is built into Node.js.
const load = createRequire(join(folder, 'bootstrap.cjs'));
const start = (path) => load(`./${nameOf(path)}`);

if (require('node:worker_threads').isMainThread) {
  // `fork` names a module of the program; everything else is for the command line.
  const [, , first] = process.argv;
  const isForked = process.send !== undefined && first !== undefined && names.has(nameOf(first));
  start(isForked ? first : join(folder, 'dist', 'main.js'));
}

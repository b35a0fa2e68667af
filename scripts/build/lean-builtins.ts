import { getBuiltinModule } from 'node:process';
import type { Plugin } from 'rolldown';

/**
 * To an ES module Node hands over everything that one of its own modules has, and so also loads what that would only load when it is used: with
 * `node:http` a WebSocket client, which takes longer than most commands.
 */
const lavish = ['node:http', 'node:util'] as const;

/** Takes these modules as `require` would, with what does not have to be loaded for it. */
export const leanBuiltins: Plugin = {
  name: 'lean builtins',
  // A package that calls `require` has it already.
  resolveId: (id, _, { kind }) => (kind === 'import-statement' && isLavish(id) ? `\0${id}` : undefined),
  load: (id) => {
    const name = id.slice(1);
    if (!id.startsWith('\0') || !isLavish(name)) return undefined;
    const here = Object.entries(Object.getOwnPropertyDescriptors(getBuiltinModule(name)));
    const names = here.filter(([, { get }]) => !get).map(([each]) => each);
    const code = `const all = process.getBuiltinModule('${name}');\nexport default all;\nexport const { ${names.join(', ')} } = all;`;
    return { code, moduleSideEffects: false };
  },
};

const isLavish = (id: string): id is (typeof lavish)[number] => (lavish as readonly string[]).includes(id);

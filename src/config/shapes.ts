/** What the parts of the schema are made of. Messages say only what was expected; problems.ts adds the path. */
import * as z from 'zod';

type Rule = (value: string) => boolean;

export function text(expected: string, pattern: RegExp, rule?: Rule) {
  const shaped = z.string({ error: expected }).regex(pattern, { error: expected, abort: true });
  return rule ? shaped.refine(rule, { error: expected }) : shaped;
}

export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? 'a mapping' : undefined) });
}

export function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `one of ${names.join(', ')}` });
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { insteadOf, nearestName } from '../packs/nearestName.js';
import { children } from './children.js';
import { ACTOR, accessOf, isOpen, named, OPEN, SOURCE, shapeOf, textOf } from './eventShape.js';
import { impossibleOperation } from './impossibleOperation.js';
import type { Problem } from './problem.js';

/** Methods whose first argument names a variable. */
const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** The first field of an event that does not exist, or is used as what it can never be; null where there is none. */
export function checkFields(node: ASTNode, shadowed: ReadonlySet<string> = new Set()): Problem | null {
  const own = unknownField(node, shadowed) ?? impossibleOperation(node, shadowed);
  if (own !== null) return own;
  const inner = withVariable(node, shadowed);
  for (const child of children(node)) {
    const below = checkFields(child, inner);
    if (below !== null) return below;
  }
  return null;
}

function withVariable(node: ASTNode, shadowed: ReadonlySet<string>): ReadonlySet<string> {
  if (node.op !== 'rcall' || !MACROS.has(node.args[0])) return shadowed;
  const variable = node.args[2][0];
  return variable?.op === 'id' ? new Set([...shadowed, variable.args]) : shadowed;
}

function unknownField(node: ASTNode, shadowed: ReadonlySet<string>): Problem | null {
  const access = accessOf(node);
  if (access === null) return null;
  const shape = shapeOf(access.object, shadowed);
  if (shape === null) return null;
  if (typeof shape === 'string')
    return { message: `${textOf(access.object)} is ${named(shape)} and has no field ${access.field}`, at: access.at };
  if (Object.hasOwn(shape.fields, access.field) || isOpen(access)) return null;
  const known = [...Object.keys(shape.fields), ...(textOf(access.object) === 'event' ? [OPEN] : [])];
  const instead = nearestName(access.field, known) === null && textOf(access.object) === 'event' ? elsewhere(access.field) : null;
  return {
    message: `${textOf(access.object)} has no field ${access.field}${instead ?? insteadOf(access.field, known)}`,
    at: access.at,
  };
}

/** Fields of the parts are often looked for in the whole. */
function elsewhere(field: string): string {
  for (const [part, shape] of [['actor', ACTOR] as const, ['source', SOURCE] as const])
    if (typeof shape !== 'string' && Object.hasOwn(shape.fields, field)) return `; did you mean ${part}.${field}?`;
  return `; did you mean properties.${field}?`;
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { PLATFORMS } from '../packs/choices.js';
import { insteadOf, nearestName } from '../packs/nearestName.js';
import { children } from './children.js';
import type { Problem } from './problem.js';

type Scalar = 'text' | 'number' | 'flag';
type Shape = Scalar | { fields: Readonly<Record<string, Shape>> };

const ACTOR: Shape = { fields: { user_id: 'text', tenant_id: 'text', team_id: 'text' } };
const SOURCE: Shape = { fields: { platform: 'text', app: 'text', ref: 'text', sdk: 'text', sdk_version: 'text' } };

/** What every event has; `properties` are the producers' own, and so nothing is known of them. */
const ROOTS: Readonly<Record<string, Shape | null>> = {
  actor: ACTOR,
  source: SOURCE,
  event: {
    fields: {
      event_id: 'text',
      type: 'text',
      occurred_at: 'text',
      schema_version: 'number',
      clock_skewed: 'flag',
      actor: ACTOR,
      source: SOURCE,
    },
  },
};
/** Fields of `event` that may hold anything. */
const OPEN = 'properties';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
/** Methods whose first argument names a variable. */
const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** The first field of an event that does not exist, or is compared with what it can never be; null where there is none. */
export function checkFields(node: ASTNode, shadowed: ReadonlySet<string> = new Set()): Problem | null {
  const own = unknownField(node, shadowed) ?? impossibleComparison(node, shadowed);
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

interface Access {
  object: ASTNode;
  field: string;
  at: number;
}

function accessOf(node: ASTNode): Access | null {
  if (node.op === '.' || node.op === '.?') {
    const [object, field] = node.args;
    return { object, field, at: Math.max(node.start, node.end - field.length) };
  }
  if (node.op !== '[]') return null;
  const [object, key] = node.args;
  return key.op === 'value' && typeof key.args === 'string' ? { object, field: key.args, at: key.start } : null;
}

function isOpen({ object, field }: Access): boolean {
  return field === OPEN && object.op === 'id' && object.args === 'event';
}

/** What is known of a part of the event; null where it may be anything. */
function shapeOf(node: ASTNode, shadowed: ReadonlySet<string>): Shape | null {
  if (node.op === 'id') return !shadowed.has(node.args) && Object.hasOwn(ROOTS, node.args) ? (ROOTS[node.args] ?? null) : null;
  const access = accessOf(node);
  if (access === null) return null;
  const above = shapeOf(access.object, shadowed);
  return above === null || typeof above === 'string' || !Object.hasOwn(above.fields, access.field)
    ? null
    : (above.fields[access.field] ?? null);
}

function impossibleComparison(node: ASTNode, shadowed: ReadonlySet<string>): Problem | null {
  if (node.op === 'in') {
    const [field, list] = node.args;
    if (list.op !== 'list') return null;
    for (const element of list.args) {
      const problem = mismatch(field, element, shadowed);
      if (problem !== null) return problem;
    }
    return null;
  }
  if (!COMPARISONS.has(node.op)) return null;
  const [left, right] = node.args as [ASTNode, ASTNode];
  return mismatch(left, right, shadowed) ?? mismatch(right, left, shadowed);
}

function mismatch(field: ASTNode, literal: ASTNode, shadowed: ReadonlySet<string>): Problem | null {
  if (literal.op !== 'value') return null;
  const shape = shapeOf(field, shadowed);
  const kind = kindOf(literal.args);
  if (shape === null || typeof shape !== 'string' || kind === null) return null;
  const at = literal.start;
  if (kind !== shape) return { message: `${textOf(field)} is ${named(shape)}, and cannot be compared with ${named(kind)}`, at };
  const isPlatform = textOf(field).endsWith('source.platform');
  if (!isPlatform || typeof literal.args !== 'string' || PLATFORMS.some((known) => known === literal.args)) return null;
  return { message: `there is no platform "${literal.args}"${insteadOf(literal.args, PLATFORMS)}`, at };
}

function kindOf(value: unknown): Scalar | null {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'flag';
  return typeof value === 'number' || typeof value === 'bigint' ? 'number' : null;
}

function named(shape: Scalar): string {
  return { text: 'a text', number: 'a number', flag: 'true or false' }[shape];
}

function textOf(node: ASTNode): string {
  if (node.op === 'id') return node.args;
  const access = accessOf(node);
  return access === null ? node.op : `${textOf(access.object)}.${access.field}`;
}

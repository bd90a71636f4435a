import type { ASTNode } from '@marcbachmann/cel-js';

/** What a field of every event holds. */
export type ScalarShape = 'text' | 'number' | 'flag';
export type Shape = ScalarShape | { fields: Readonly<Record<string, Shape>> };

export const ACTOR: Shape = { fields: { user_id: 'text', tenant_id: 'text', team_id: 'text' } };
export const SOURCE: Shape = { fields: { platform: 'text', app: 'text', ref: 'text', sdk: 'text', sdk_version: 'text' } };

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
/** The field of `event` that may hold anything. */
export const OPEN = 'properties';

/** A field of an object, and where in the text its name stands. */
export interface Access {
  object: ASTNode;
  field: string;
  at: number;
}

/** null for what is no access to a named field. */
export function accessOf(node: ASTNode): Access | null {
  if (node.op === '.' || node.op === '.?') {
    const [object, field] = node.args;
    return { object, field, at: Math.max(node.start, node.end - field.length) };
  }
  if (node.op !== '[]') return null;
  const [object, key] = node.args;
  return key.op === 'value' && typeof key.args === 'string' ? { object, field: key.args, at: key.start } : null;
}

/** `event.properties`. */
export function isOpen({ object, field }: Access): boolean {
  return field === OPEN && object.op === 'id' && object.args === 'event';
}

/** What is known of a part of the event; null where it may be anything. */
export function shapeOf(node: ASTNode, shadowed: ReadonlySet<string>): Shape | null {
  if (node.op === 'id') return !shadowed.has(node.args) && Object.hasOwn(ROOTS, node.args) ? (ROOTS[node.args] ?? null) : null;
  const access = accessOf(node);
  if (access === null) return null;
  const above = shapeOf(access.object, shadowed);
  return above === null || typeof above === 'string' || !Object.hasOwn(above.fields, access.field)
    ? null
    : (above.fields[access.field] ?? null);
}

/** Whether a part of the event is JSON of its producer, in which every number is a double and nothing is an instant. */
export function isProperty(node: ASTNode, shadowed: ReadonlySet<string>): boolean {
  if (node.op !== '.' && node.op !== '[]') return false;
  const [object] = node.args;
  const access = accessOf(node);
  if (object.op === 'id') {
    if (shadowed.has(object.args)) return false;
    return object.args === OPEN || (access !== null && isOpen(access));
  }
  return isProperty(object, shadowed);
}

/** A shape, in a sentence. */
export function named(shape: ScalarShape): string {
  return { text: 'a text', number: 'a number', flag: 'true or false' }[shape];
}

/** A part of the event as it would be written. */
export function textOf(node: ASTNode): string {
  if (node.op === 'id') return node.args;
  const access = accessOf(node);
  return access === null ? node.op : `${textOf(access.object)}.${access.field}`;
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { children } from './children.js';
import type { EventContext } from './eventContext.js';
import { formatInstant } from './formatInstant.js';

/** Values of an expression's operands that are named in a sentence at most. */
const OPERANDS_MAX = 5;
const VALUE_CHARS_MAX = 80;

/** A part of an event that an expression names: as it is written, and as the names on the way to it. */
export interface EventPath {
  text: string;
  names: readonly string[];
}

/** `properties.severity is "sev3"` for each part of an event that an expression looks at. */
export function describeOperands(ast: ASTNode, context: EventContext): string {
  return pathsOf(ast)
    .slice(0, OPERANDS_MAX)
    .map((path) => `${path.text} is ${describeValue(valueAt(path, context))}`)
    .join(', ');
}

/** The parts of an event that an expression looks at and that are not there. */
export function describeAbsent(ast: ASTNode, context: EventContext): string {
  return pathsOf(ast)
    .filter((path) => valueAt(path, context) === undefined)
    .slice(0, OPERANDS_MAX)
    .map(({ text }) => `${text} is absent`)
    .join(', ');
}

/** A value in a sentence, as it would stand in JSON. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value instanceof Date) return formatInstant(value.getTime());
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)) as string | undefined;
  if (text === undefined) return 'no value';
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

/** null where a node is more than a part of an event, or all of one. */
export function pathOf(node: ASTNode): EventPath | null {
  const names = namesOf(node);
  return names === null || names.length < 2 ? null : { text: names.join('.'), names };
}

export function valueAt({ names: [root, ...fields] }: EventPath, context: EventContext): unknown {
  let value: unknown = root === undefined ? undefined : partOf(context, root);
  for (const field of fields)
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined;
  return value;
}

/** Each once, in the order of the expression. */
function pathsOf(ast: ASTNode): EventPath[] {
  const found = new Map<string, EventPath>();
  collectPaths(ast, found);
  return [...found.values()];
}

function collectPaths(node: ASTNode, found: Map<string, EventPath>): void {
  const path = pathOf(node);
  if (path === null) for (const child of children(node)) collectPaths(child, found);
  else if (isEventPart(path)) found.set(path.text, path);
}

function namesOf(node: ASTNode): string[] | null {
  if (node.op === 'id') return [node.args];
  const name = node.op === '.' ? node.args[1] : node.op === '[]' ? literalKey(node.args[1]) : null;
  if ((node.op !== '.' && node.op !== '[]') || name === null) return null;
  const above = namesOf(node.args[0]);
  return above === null ? null : [...above, name];
}

function literalKey(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : null;
}

const PARTS: ReadonlySet<string> = new Set(['properties', 'actor', 'source', 'event']);

/** The variable of a comprehension has parts too, but no value of its own. */
function isEventPart({ names: [root] }: EventPath): boolean {
  return root !== undefined && PARTS.has(root);
}

function partOf(context: EventContext, root: string): unknown {
  switch (root) {
    case 'actor':
    case 'source':
      return context[root];
    case 'properties':
    case 'event':
      return context.isReadable ? context[root] : undefined;
    default:
      return undefined;
  }
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { children } from './children.js';
import type { EventContext } from './eventContext.js';

/** Values of an expression's operands that are named in a sentence at most. */
const OPERANDS_MAX = 5;
const VALUE_CHARS_MAX = 80;

/** `properties.severity is "sev3"` for each part of an event that an expression looks at. */
export function describeOperands(ast: ASTNode, context: EventContext): string {
  const paths = new Map<string, string[]>();
  collectPaths(ast, paths);
  return [...paths]
    .slice(0, OPERANDS_MAX)
    .map(([text, path]) => `${text} is ${describeValue(valueAt(path, context))}`)
    .join(', ');
}

function collectPaths(node: ASTNode, found: Map<string, string[]>): void {
  const path = pathOf(node);
  if (path !== null && path.length > 1) found.set(path.join('.'), path);
  else for (const child of children(node)) collectPaths(child, found);
}

function pathOf(node: ASTNode): string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return null;
  const above = pathOf(node.args[0]);
  return above === null ? null : [...above, node.args[1]];
}

function valueAt([root, ...fields]: readonly string[], context: EventContext): unknown {
  let value: unknown = root === undefined ? undefined : partOf(context, root);
  for (const field of fields)
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined;
  return value;
}

function partOf(context: EventContext, root: string): unknown {
  switch (root) {
    case 'properties':
    case 'actor':
    case 'source':
    case 'event':
      return context[root];
    default:
      return undefined;
  }
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

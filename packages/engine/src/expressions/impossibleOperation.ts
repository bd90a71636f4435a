import type { ASTNode } from '@marcbachmann/cel-js';
import { PLATFORMS } from '../packs/choices.js';
import { insteadOf } from '../packs/nearestName.js';
import { isProperty, named, type ScalarShape, shapeOf, textOf } from './eventShape.js';
import type { Problem } from './problem.js';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);
/** What yields an instant; the first name is what is put in the place of the second before an expression runs. */
const INSTANTS: ReadonlySet<string> = new Set(['strict_timestamp', 'timestamp']);

type Shadowed = ReadonlySet<string>;

/** An operation that fails on every event, or yields the same for each, because of what its operands are. */
export function impossibleOperation(node: ASTNode, shadowed: Shadowed): Problem | null {
  if (node.op === 'rcall') return methodOfInstants(node, shadowed);
  if (ARITHMETIC.has(node.op)) return mixedNumbers(node, shadowed);
  return impossibleComparison(node, shadowed);
}

function methodOfInstants(node: ASTNode & { op: 'rcall' }, shadowed: Shadowed): Problem | null {
  const [name, receiver] = node.args;
  if (!name.startsWith('get') || !isJson(receiver, shadowed)) return null;
  const text = textOf(receiver);
  return { message: `${text} is no instant and has no ${name}: write timestamp(${text}).${name}()`, at: node.start };
}

/** CEL does not mix its kinds of numbers, and a JSON number is a double. */
function mixedNumbers(node: ASTNode, shadowed: Shadowed): Problem | null {
  const [left, right] = node.args as [ASTNode, ASTNode];
  return mixedNumber({ node, part: left, literal: right }, shadowed) ?? mixedNumber({ node, part: right, literal: left }, shadowed);
}

function mixedNumber({ node, part, literal }: { node: ASTNode; part: ASTNode; literal: ASTNode }, shadowed: Shadowed): Problem | null {
  if (literal.op !== 'value' || typeof literal.args !== 'bigint' || !isJson(part, shadowed)) return null;
  const text = textOf(part);
  const instead = node.op === '%' ? `% needs integers: write int(${text})` : `write ${String(literal.args)}.0`;
  return { message: `${text} is no integer, for a JSON number is a double; ${instead}`, at: literal.start };
}

function impossibleComparison(node: ASTNode, shadowed: Shadowed): Problem | null {
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
  return (
    mismatch(left, right, shadowed) ??
    mismatch(right, left, shadowed) ??
    againstInstant(left, right, shadowed) ??
    againstInstant(right, left, shadowed)
  );
}

function mismatch(field: ASTNode, literal: ASTNode, shadowed: Shadowed): Problem | null {
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

function againstInstant(part: ASTNode, instant: ASTNode, shadowed: Shadowed): Problem | null {
  if (instant.op !== 'call' || !INSTANTS.has(instant.args[0]) || !isJson(part, shadowed)) return null;
  const text = textOf(part);
  return { message: `${text} is no instant, and cannot be compared with one: write timestamp(${text})`, at: part.start };
}

/** Whether a part is what JSON can hold: a field that every event has, or a property. */
function isJson(node: ASTNode, shadowed: Shadowed): boolean {
  return typeof shapeOf(node, shadowed) === 'string' || isProperty(node, shadowed);
}

function kindOf(value: unknown): ScalarShape | null {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'flag';
  return typeof value === 'number' || typeof value === 'bigint' ? 'number' : null;
}

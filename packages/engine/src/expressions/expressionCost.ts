import type { ASTNode } from '@marcbachmann/cel-js';
import { children } from './children.js';
import { CHARS_PER_STEP, INPUT_CHARS_MAX } from './limits.js';
import { sizeOfPattern } from './patterns.js';

/** The worst that evaluating a node can take, given that what comes from an event is at most INPUT_CHARS_MAX long. */
export interface Estimate {
  /** Steps, its parts included. */
  cost: number;
  /** Characters of the string or list that it yields. */
  size: number;
  /** The largest of any string or list on the way. */
  largest: number;
}

type Sizes = ReadonlyMap<string, number>;

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Upper-case and lower-case letters of some scripts are longer than the other. */
const CASE_GROWTH = 3;

export function estimateExpression(node: ASTNode, sizes: Sizes = new Map()): Estimate {
  if (node.op === 'rcall' && COMPREHENSIONS.has(node.args[0])) return comprehension(node, sizes);
  const parts = children(node).map((child) => estimateExpression(child, sizes));
  const total = parts.reduce((sum, part) => sum + part.size, 0);
  const size = sizeOf(
    node,
    parts.map((part) => part.size),
    sizes,
  );
  const cost = parts.reduce((sum, part) => sum + part.cost, ownCost(node, parts, total));
  return { cost, size, largest: Math.max(size, ...parts.map((part) => part.largest)) };
}

function ownCost(node: ASTNode, parts: readonly Estimate[], total: number): number {
  switch (node.op) {
    case 'value':
    case 'id':
    case '.':
    case '.?':
    case '?:':
    case '||':
    case '&&':
      return 1;
    case 'call':
      if (node.args[0] === 'rematch') return 1 + (parts[0]?.size ?? 0) * patternSize(node.args[1][1]);
      return 1 + total / CHARS_PER_STEP;
    case 'rcall':
      // Splitting makes a string of every character, joining reads every element.
      return 1 + (node.args[0] === 'split' || node.args[0] === 'join' ? total : total / CHARS_PER_STEP);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return 1 + Math.min(...parts.map((part) => part.size)) / CHARS_PER_STEP;
    case 'in':
      return 1 + total;
    default:
      return 1 + total / CHARS_PER_STEP;
  }
}

function patternSize(pattern: ASTNode | undefined): number {
  return pattern?.op === 'value' && typeof pattern.args === 'string' ? sizeOfPattern(pattern.args) : INPUT_CHARS_MAX;
}

function sizeOf(node: ASTNode, parts: readonly number[], sizes: Sizes): number {
  const total = parts.reduce((sum, part) => sum + part, 0);
  switch (node.op) {
    case 'value':
      return typeof node.args === 'string' ? node.args.length : 1;
    case 'id':
      return sizes.get(node.args) ?? INPUT_CHARS_MAX;
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return parts[0] ?? 1;
    case '+':
    case 'list':
    case 'map':
      return total + 1;
    case '?:':
      return Math.max(parts[1] ?? 1, parts[2] ?? 1);
    case 'call':
      return node.args[0] === 'string' || node.args[0] === 'dyn' ? Math.max(parts[0] ?? 1, 32) : 1;
    case 'rcall':
      return sizeOfMethod(node.args[0], parts);
    default:
      return 1;
  }
}

function sizeOfMethod(name: string, parts: readonly number[]): number {
  const [receiver = 1, parameter = 0] = parts;
  switch (name) {
    case 'lowerAscii':
    case 'upperAscii':
      return receiver * CASE_GROWTH;
    case 'trim':
    case 'substring':
    case 'split':
      return receiver;
    case 'join':
      return receiver * (1 + parameter);
    default:
      return 1;
  }
}

/** A list of n characters holds n / 2 elements of one or one element of n: both are reckoned with. */
function comprehension(node: ASTNode & { op: 'rcall' }, sizes: Sizes): Estimate {
  const [name, receiver, parameters] = node.args;
  const iterable = estimateExpression(receiver, sizes);
  const [variable, ...bodies] = parameters;
  const variableName = variable?.op === 'id' ? variable.args : '';
  const count = receiver.op === 'list' ? receiver.args.length : Math.max(1, iterable.size);
  const bodyFor = (size: number): Estimate[] => bodies.map((body) => estimateExpression(body, new Map(sizes).set(variableName, size)));
  const many = bodyFor(receiver.op === 'list' ? iterable.size : 2);
  const one = bodyFor(iterable.size);
  const cost = many.reduce((sum, body) => sum + count * body.cost, 0) + one.reduce((sum, body) => sum + body.cost, 0);
  const mapped = count * (many.at(-1)?.size ?? 1) + (one.at(-1)?.size ?? 1);
  const size = name === 'map' ? mapped : name === 'filter' ? iterable.size : 1;
  const largest = Math.max(size, iterable.largest, ...many.map((body) => body.largest), ...one.map((body) => body.largest));
  return { cost: iterable.cost + count + cost, size, largest };
}

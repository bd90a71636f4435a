import type { ASTNode } from '@marcbachmann/cel-js';
import type { EventContext } from './eventContext.js';
import { KnownText } from './knownText.js';

/** The value is none that the fast path knows for certain: the evaluator of CEL has to say. */
export const UNDECIDED = Symbol('undecided');

type Value = string | number | boolean;
type Outcome = Value | typeof UNDECIDED;
export type FastPath = (context: EventContext) => Outcome;

/** What a comparison says of a number that is below another, equal to it, or above it. */
type Comparison = readonly [below: boolean, equal: boolean, above: boolean];

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '<': [true, false, false],
  '<=': [true, true, false],
  '>': [false, false, true],
  '>=': [false, true, true],
};

/**
 * Most expressions compare properties with what is written out. Those are evaluated here, in a tenth of the time, as long
 * as all is of the types expected; whatever is missing, of another type or would fail is left to the evaluator. null for
 * an expression that holds anything else.
 */
export function fastPathOf(node: ASTNode): FastPath | null {
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case '.':
      return property(node.args[0], node.args[1]);
    case '!_':
      return not(fastPathOf(node.args));
    case '&&':
    case '||':
      return both(node.args, (left, right) => logical(left, right, { decides: node.op === '||' }));
    case '==':
    case '!=':
      return both(node.args, (left, right) => equality(left, right, { wanted: node.op === '==' }));
    case 'in':
      return membership(node.args[0], node.args[1]);
    default:
      return comparison(node);
  }
}

type Join = (left: FastPath, right: FastPath) => FastPath;

function both([left, right]: readonly [ASTNode, ASTNode], join: Join): FastPath | null {
  const fastLeft = fastPathOf(left);
  const fastRight = fastLeft === null ? null : fastPathOf(right);
  return fastLeft === null || fastRight === null ? null : join(fastLeft, fastRight);
}

function literal(value: unknown): FastPath | null {
  const constant = typeof value === 'bigint' ? Number(value) : value;
  if (typeof constant === 'number' && !(Math.abs(constant) <= Number.MAX_SAFE_INTEGER)) return null;
  return typeof constant === 'string' || typeof constant === 'number' || typeof constant === 'boolean' ? () => constant : null;
}

function property(object: ASTNode, name: string): FastPath | null {
  // What every object inherits is not the event's: with other names, what is found is its own.
  if (object.op !== 'id' || object.args !== 'properties' || name in Object.prototype) return null;
  const known = new KnownText(name);
  return (context) => context.property(known) ?? UNDECIDED;
}

function not(operand: FastPath | null): FastPath | null {
  if (operand === null) return null;
  return (context) => {
    const value = operand(context);
    return typeof value === 'boolean' ? !value : UNDECIDED;
  };
}

function logical(left: FastPath, right: FastPath, { decides }: { decides: boolean }): FastPath {
  return (context) => {
    const first = left(context);
    if (first === decides) return decides;
    if (typeof first !== 'boolean') return UNDECIDED;
    const second = right(context);
    return typeof second === 'boolean' ? second : UNDECIDED;
  };
}

function equality(left: FastPath, right: FastPath, { wanted }: { wanted: boolean }): FastPath {
  return (context) => {
    const a = left(context);
    const b = right(context);
    return typeof a === typeof b && a !== UNDECIDED ? (a === b) === wanted : UNDECIDED;
  };
}

function comparison(node: ASTNode): FastPath | null {
  const outcomes = COMPARISONS[node.op];
  if (outcomes === undefined) return null;
  const [below, equal, above] = outcomes;
  return both(node.args as [ASTNode, ASTNode], (left, right) => (context) => {
    const a = left(context);
    const b = right(context);
    if (typeof a !== 'number' || typeof b !== 'number') return UNDECIDED;
    // Neither is NaN, which JSON does not have.
    return a < b ? below : a > b ? above : equal;
  });
}

/** One of some texts that are written out. */
function membership(element: ASTNode, list: ASTNode): FastPath | null {
  const operand = fastPathOf(element);
  if (operand === null || list.op !== 'list') return null;
  const texts = new Set<string>();
  for (const item of list.args) {
    if (item.op !== 'value' || typeof item.args !== 'string') return null;
    texts.add(item.args);
  }
  return (context) => {
    const value = operand(context);
    return typeof value === 'string' ? texts.has(value) : UNDECIDED;
  };
}

import { type ASTNode, type ParseResult, serialize } from '@marcbachmann/cel-js';
import { children } from './children.js';
import { describeOperands, describeValue, pathOf, valueAt } from './describeOperands.js';
import { environment } from './environment.js';
import type { EventContext } from './eventContext.js';

/** Parts of a condition that are named in a sentence at most. */
const PARTS_MAX = 5;

/** What is said of an operand where a comparison came out as it did. The value of the operand was said before. */
const COMPARED: Readonly<Record<string, { true: string; false: string }>> = {
  '==': { true: '', false: ', not %' },
  '!=': { true: ', not %', false: '' },
  '<': { true: ', which is less than %', false: ', which is not less than %' },
  '<=': { true: ', which is at most %', false: ', which is more than %' },
  '>': { true: ', which is more than %', false: ', which is not more than %' },
  '>=': { true: ', which is at least %', false: ', which is less than %' },
  in: { true: ', which is one of %', false: ', which is none of %' },
  startsWith: { true: ', which begins with %', false: ', which does not begin with %' },
  endsWith: { true: ', which ends with %', false: ', which does not end with %' },
  contains: { true: ', which contains %', false: ', which does not contain %' },
  rematch: { true: ', which matches %', false: ', which does not match %' },
};

/** The same comparison seen from its other side. */
const FLIPPED: Readonly<Record<string, string>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=', in: 'contains' };

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);

/** How a condition came out for an event. */
export interface Decision {
  context: EventContext;
  outcome: boolean;
}

/** The smallest parts of a condition that made it come out as it did: `properties.severity is "sev3", not "sev2"`. */
export function describeDecision(ast: ASTNode, decision: Decision): string {
  const parts = [...new Set(decidedBy(ast, decision))].filter((part) => part !== '');
  return parts.slice(0, PARTS_MAX).join('; ');
}

function decidedBy(node: ASTNode, decision: Decision): string[] {
  const { context, outcome } = decision;
  switch (node.op) {
    case '!_':
      return decidedBy(node.args, { context, outcome: !outcome });
    case '&&':
    case '||':
      return decidedByOperands(node.args, decision, { oneIsEnough: outcome === (node.op === '||') });
    case '?:': {
      const [condition, yes, no] = node.args;
      const chosen = resultOf(condition, context);
      if (typeof chosen !== 'boolean') return [describeOperands(node, context)];
      return [...decidedBy(condition, { context, outcome: chosen }), ...decidedBy(chosen ? yes : no, decision)];
    }
    default:
      return [describePart(node, decision)];
  }
}

function decidedByOperands(operands: readonly ASTNode[], decision: Decision, { oneIsEnough }: { oneIsEnough: boolean }): string[] {
  const { context, outcome } = decision;
  if (!oneIsEnough) return operands.flatMap((operand) => decidedBy(operand, decision));
  const decisive = operands.find((operand) => resultOf(operand, context) === outcome);
  return decisive === undefined ? operands.map((operand) => describeOperands(operand, context)) : decidedBy(decisive, decision);
}

/** One condition that is not made of others. */
function describePart(node: ASTNode, decision: Decision): string {
  const { context, outcome } = decision;
  if (node.op === 'value') return `it is always ${String(outcome)}`;
  if (node.op === 'call') {
    const [name, parameters] = node.args;
    if (name === 'has' && parameters[0] !== undefined) return `${textOf(parameters[0])} is ${describeNode(parameters[0], context)}`;
    if (name === 'rematch') return compare(name, parameters, decision);
  }
  if (node.op === 'rcall') {
    const [name, receiver, parameters] = node.args;
    if (Object.hasOwn(COMPARED, name) && parameters.length === 1) return compare(name, [receiver, ...parameters], decision);
  }
  if (COMPARISONS.has(node.op)) return compare(node.op, node.args as [ASTNode, ASTNode], decision);
  if (pathOf(node) !== null) return `${textOf(node)} is ${describeNode(node, context)}`;
  return describeOperands(node, context) || `${textOf(node)} is ${String(outcome)}`;
}

function compare(name: string, [left, right]: readonly ASTNode[], decision: Decision): string {
  const { context, outcome } = decision;
  if (left === undefined || right === undefined) return '';
  const flipped = Object.hasOwn(FLIPPED, name) ? FLIPPED[name] : undefined;
  if (flipped !== undefined && isConstant(left) && !isConstant(right)) return compare(flipped, [right, left], decision);
  const words = COMPARED[name]?.[outcome ? 'true' : 'false'] ?? '';
  const other = isConstant(right) ? textOf(right) : `${textOf(right)} (${describeNode(right, context)})`;
  return `${textOf(left)} is ${describeNode(left, context)}${words.replace('%', () => other)}`;
}

function isConstant(node: ASTNode): boolean {
  return node.op !== 'id' && children(node).every(isConstant);
}

function describeNode(node: ASTNode, context: EventContext): string {
  const path = pathOf(node);
  return describeValue(path === null ? resultOf(node, context) : valueAt(path, context));
}

/** As its author wrote it. */
function textOf(node: ASTNode): string {
  return pathOf(node)?.text ?? serialize(node).replaceAll('strict_timestamp(', 'timestamp(');
}

const parsedParts = new WeakMap<ASTNode, ParseResult>();

/** What a part of a checked expression yields by itself; undefined where it fails, as one does that needs what stands around it. */
function resultOf(node: ASTNode, context: EventContext): unknown {
  try {
    let run = parsedParts.get(node);
    if (run === undefined) parsedParts.set(node, (run = environment.parse(serialize(node))));
    return run(context) as unknown;
  } catch {
    // It failed within the whole expression as well, which came out without it.
    return undefined;
  }
}

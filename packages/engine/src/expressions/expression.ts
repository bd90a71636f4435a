import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import { UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { allowedValues } from './allowedValues.js';
import { checkCalls } from './checkCalls.js';
import { checkFields } from './checkFields.js';
import { environment } from './environment.js';
import type { EventContext } from './eventContext.js';
import { estimateExpression } from './expressionCost.js';
import { type FastPath, fastPathOf, UNDECIDED } from './fastPath.js';
import { EXPRESSION_CHARS_MAX, EXPRESSION_COST_MAX, INTERMEDIATE_CHARS_MAX } from './limits.js';
import type { Problem } from './problem.js';

/** What an expression is for: a filter, a number, or anything that two events can be told apart by. */
export type ExpressionKind = 'bool' | 'number' | 'scalar';

export type Scalar = string | number | boolean;

const STATIC_TYPES: Readonly<Record<ExpressionKind, readonly string[]>> = {
  bool: ['bool', 'dyn'],
  number: ['int', 'uint', 'double', 'dyn'],
  scalar: ['string', 'int', 'uint', 'double', 'bool', 'dyn'],
};

const EXPECTED: Readonly<Record<ExpressionKind, string>> = {
  bool: 'true or false, such as properties.severity == "sev2"',
  number: 'a number, such as properties.minutes',
  scalar: 'a text, a number or true/false, such as properties.repo',
};

export type Compiled<T> = { ok: true; value: T } | ({ ok: false } & Problem);

/** What is certain of an expression before it ever runs. */
export interface Facts {
  /** What it yields, as CEL names it; `dyn` where that shows only when it runs. */
  type: string;
  /** The value where it is written out; null where it depends on the event. */
  constant: Scalar | null;
}

class RefusedExpressionError extends Error {
  override readonly name = 'RefusedExpressionError';
}

/** A compiled CEL expression. Evaluating it never throws and never takes more than its estimated cost. */
export class Expression {
  readonly #run: (context: EventContext) => unknown;
  readonly #fast: FastPath | null;
  /** null for one that was refused. */
  readonly ast: ASTNode | null;
  readonly facts: Facts;

  private constructor(
    readonly text: string,
    readonly kind: ExpressionKind,
    compiled: { run: (context: EventContext) => unknown; fast: FastPath | null; ast: ASTNode | null; type: string },
  ) {
    this.#run = compiled.run;
    this.#fast = compiled.fast;
    this.ast = compiled.ast;
    const constant = compiled.ast?.op === 'value' ? normalise(compiled.ast.args) : null;
    this.facts = { type: compiled.type, constant };
  }

  /** Parses, checks types and bounds. The message of a refusal says what is wrong in words for the author. */
  static compile(text: string, kind: ExpressionKind): Compiled<Expression> {
    if (text.length > EXPRESSION_CHARS_MAX) return refuse(`is longer than ${String(EXPRESSION_CHARS_MAX)} characters`);
    const parsed = parse(text);
    if (!parsed.ok) return parsed;
    const { ast } = parsed.value;
    const problem = checkCalls(ast) ?? checkFields(ast);
    if (problem !== null) return { ok: false, ...problem };
    const checked = parsed.value.check();
    if (!checked.valid) return refuse(summaryOf(checked.error), placeOf(checked.error));
    const type = checked.type ?? 'dyn';
    if (!STATIC_TYPES[kind].includes(type)) return refuse(`yields ${type}, but has to yield ${EXPECTED[kind]}`);
    const bound = checkBounds(ast);
    return bound === null
      ? { ok: true, value: new Expression(text, kind, { run: parsed.value, fast: fastPathOf(ast), ast, type }) }
      : refuse(bound);
  }

  /** For what was compiled before it was stored. Should this version refuse it, it fails on every event, and says why. */
  static compileStored(text: string, kind: ExpressionKind): Expression {
    const compiled = Expression.compile(text, kind);
    if (compiled.ok) return compiled.value;
    const run = (): never => {
      throw new RefusedExpressionError(compiled.message);
    };
    return new Expression(text, kind, { run, fast: null, ast: null, type: 'dyn' });
  }

  /** The result; null where it failed or is not of the kind asked for, and then `context.failure` says why. */
  evaluate(context: EventContext): Scalar | null {
    let raw: unknown;
    try {
      raw = this.#fast === null ? UNDECIDED : this.#fast(context);
      if (raw === UNDECIDED) raw = this.#run(context);
    } catch (error) {
      context.failure = summaryOf(error);
      return null;
    }
    const result = normalise(raw);
    if (result !== null && (this.kind === 'scalar' || typeof result === (this.kind === 'bool' ? 'boolean' : 'number'))) return result;
    context.failure = `it yields ${describe(raw)}, but has to yield ${EXPECTED[this.kind]}`;
    return null;
  }

  /** How many values the parts of an event can have where it holds, by their text; only where that is certain. */
  allowedValues(): ReadonlyMap<string, number> {
    return this.ast === null ? new Map() : allowedValues(this.ast);
  }
}

const refuse = (message: string, at: number | null = null): { ok: false } & Problem => ({ ok: false, message, at });

function parse(text: string): Compiled<ParseResult> {
  try {
    return { ok: true, value: environment.parse(text) };
  } catch (error) {
    return refuse(summaryOf(error), placeOf(error));
  }
}

function checkBounds(ast: ASTNode): string | null {
  const { cost, largest } = estimateExpression(ast);
  if (largest > INTERMEDIATE_CHARS_MAX) return 'could build a text or list that is too large: join or add up less';
  if (cost > EXPRESSION_COST_MAX) return 'could take too long on a large event: do not put one all/exists/map/filter inside another';
  return null;
}

/** The library's errors carry a summary of one line; their message draws the place in the text below it. */
function summaryOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message;
}

/** Where in the text the library's error lies. */
function placeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('range' in error)) return null;
  const { range } = error;
  const start = typeof range === 'object' && range !== null && 'start' in range ? range.start : null;
  return typeof start === 'number' ? start : null;
}

/** The integers of CEL come back as bigint and `uint` as an object; a number that is not exact is none. */
function normalise(raw: unknown): Scalar | null {
  if (typeof raw === 'string' || typeof raw === 'boolean') return raw;
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw + 0 : null;
  const integer = raw instanceof UnsignedInt ? raw.valueOf() : raw;
  if (typeof integer !== 'bigint') return null;
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : null;
}

function describe(raw: unknown): string {
  if (raw === null) return 'null';
  if (typeof raw === 'number' || typeof raw === 'bigint') return `the number ${String(raw)}`;
  if (typeof raw === 'string') return 'a text';
  return Array.isArray(raw) ? 'a list' : typeof raw === 'boolean' ? String(raw) : 'an object';
}

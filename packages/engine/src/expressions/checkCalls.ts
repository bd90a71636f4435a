import type { ASTNode } from '@marcbachmann/cel-js';
import { nearestName } from '../packs/nearestName.js';
import { children } from './children.js';
import { problemOfPattern } from './patterns.js';
import type { Problem } from './problem.js';

/** Functions of the library that may be called. What is not here is refused, whatever a later release brings. */
const FUNCTIONS = new Set(['has', 'size', 'dyn', 'type', 'bool', 'double', 'int', 'uint', 'string', 'timestamp', 'duration', 'rematch']);

const METHODS = new Set([
  ...[
    'size',
    'startsWith',
    'endsWith',
    'contains',
    'lowerAscii',
    'upperAscii',
    'trim',
    'indexOf',
    'lastIndexOf',
    'substring',
    'split',
    'join',
  ],
  ...['all', 'exists', 'exists_one', 'map', 'filter'],
  ...['getDate', 'getDayOfMonth', 'getDayOfWeek', 'getFullYear', 'getHours', 'getMilliseconds', 'getMinutes', 'getMonth', 'getSeconds'],
]);

const INSTEAD: Readonly<Record<string, string>> = {
  matches: 'a backtracking regular expression can hang; write rematch(text, "pattern")',
  getDayOfYear: 'it depends on the machine; compare getMonth() and getDate()',
  bind: 'write the value out where it is used',
};

/** The names that a call is given before it runs: the library's `timestamp` reads a text without an offset in the host's zone. */
const REPLACED: Readonly<Record<string, string>> = { timestamp: 'strict_timestamp' };

/** The first call that may not be made; null where there is none. Puts safe functions in the place of unsafe ones. */
export function checkCalls(node: ASTNode): Problem | null {
  const message = node.op === 'call' ? checkFunction(node) : node.op === 'rcall' ? checkMethod(node) : null;
  if (message !== null) return { message, at: placeOf(node) };
  for (const child of children(node)) {
    const below = checkCalls(child);
    if (below !== null) return below;
  }
  return null;
}

function refusal(name: string, known: ReadonlySet<string>): string {
  const instead = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
  if (instead !== undefined) return `${name} is not available: ${instead}`;
  const nearest = nearestName(name, known);
  return `there is no function ${name}${nearest === null ? '' : `; did you mean ${nearest}?`}`;
}

/** Where the name of what is called stands: a method's behind what it is called on. */
function placeOf(node: ASTNode): number {
  if (node.op !== 'rcall') return node.start;
  const [name, receiver] = node.args;
  const at = node.input.indexOf(name, receiver.end);
  return at < 0 ? node.start : at;
}

function checkFunction(node: ASTNode & { op: 'call' }): string | null {
  const [name, parameters] = node.args;
  if (!FUNCTIONS.has(name)) return refusal(name, FUNCTIONS);
  if (name === 'rematch') {
    const pattern = parameters[1];
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
      return 'the pattern of rematch has to be a text written out, such as rematch(properties.branch, "^release/")';
    const problem = problemOfPattern(pattern.args);
    return problem === null ? null : `the pattern "${pattern.args}" ${problem}`;
  }
  const safe = Object.hasOwn(REPLACED, name) ? REPLACED[name] : undefined;
  if (safe !== undefined) node.args[0] = safe;
  return null;
}

function checkMethod(node: ASTNode & { op: 'rcall' }): string | null {
  const [name, , parameters] = node.args;
  if (!METHODS.has(name)) return refusal(name, METHODS);
  if (name.startsWith('get') && parameters.length > 0) return `${name} takes no time zone here: it gives the hour and day in UTC`;
  return null;
}

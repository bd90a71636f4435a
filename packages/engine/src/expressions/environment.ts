import { Environment } from '@marcbachmann/cel-js';
import { EXPRESSION_DEPTH_MAX, EXPRESSION_LITERAL_ELEMENTS_MAX, EXPRESSION_NODES_MAX } from './limits.js';
import { parseInstant } from './parseInstant.js';
import { rematch } from './patterns.js';

const synchronous = { async: false };

/** Raised inside an evaluation, where the evaluator takes it for a failure like its own. */
class NotAnInstantError extends Error {
  override readonly name = 'NotAnInstantError';
}

function strictTimestamp(text: string): Date {
  const instant = parseInstant(text);
  if (instant === null) throw new NotAnInstantError(`"${text}" is not an instant such as 2026-04-12T10:15:00Z`);
  return new Date(instant);
}

/**
 * What expressions may name. Functions of the library that ask the host for its time zone or its regular expressions
 * are refused or replaced before an expression gets here: see checkCalls.ts.
 */
export const environment = new Environment({
  limits: {
    maxAstNodes: EXPRESSION_NODES_MAX,
    maxDepth: EXPRESSION_DEPTH_MAX,
    maxListElements: EXPRESSION_LITERAL_ELEMENTS_MAX,
    maxMapEntries: EXPRESSION_LITERAL_ELEMENTS_MAX,
  },
})
  .registerVariable('event', 'map')
  .registerVariable('properties', 'map')
  .registerVariable('actor', 'map')
  .registerVariable('source', 'map')
  .registerFunction('rematch(string, string): bool', rematch, synchronous)
  .registerFunction('strict_timestamp(string): google.protobuf.Timestamp', strictTimestamp, synchronous);

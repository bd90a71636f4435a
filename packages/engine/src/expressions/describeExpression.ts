import { describeDecision } from './describeDecision.js';
import { describeAbsent, describeOperands } from './describeOperands.js';
import type { EventContext } from './eventContext.js';
import type { Expression } from './expression.js';

/** The parts of the event that made a condition false, and what they are: `properties.severity is "sev3", not "sev2"`. */
export function describeFalse({ ast }: Expression, context: EventContext): string {
  return ast === null ? '' : describeDecision(ast, { context, outcome: false });
}

/** Why the last evaluation of the same event failed: what it looked at and did not find, else what it found, and the words of the evaluator. */
export function describeFailure({ ast }: Expression, context: EventContext): string {
  const found = ast === null ? '' : describeAbsent(ast, context) || describeOperands(ast, context);
  const failure = context.failure ?? 'for no known reason';
  return found === '' ? failure : `${found} (${failure})`;
}

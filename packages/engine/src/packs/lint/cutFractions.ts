import { EventContext } from '../../expressions/eventContext.js';
import { Expression } from '../../expressions/expression.js';
import type { Pack } from '../pack.js';
import type { Finding } from './finding.js';

/** Numbers and what reckons with them: nothing of an event. */
const CONSTANT = /^[\d\s.eE()+*/-]+$/;

/** Rules of XP that pay a fraction, whatever the event says: XP is whole, so it is cut. */
export function cutFractions({ xpRules }: Pack, pack: number): Finding[] {
  return xpRules.flatMap(({ amount }, i): Finding[] => {
    if (typeof amount !== 'string' || !CONSTANT.test(amount)) return [];
    const paid = Expression.compileStored(amount, 'number').evaluate(new EventContext());
    if (typeof paid !== 'number' || Number.isInteger(paid)) return [];
    const instead = `XP is whole: ${amount} pays ${String(Math.trunc(paid) + 0)}. Write a whole number`;
    return [{ severity: 'warning', pack, path: `xp_rules[${String(i)}].amount`, code: 'fraction_cut', message: instead }];
  });
}

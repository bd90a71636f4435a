import { Expression } from '../expressions/expression.js';
import type { XpRule } from '../packs/pack.js';
import { compileMatcher, type Matcher } from './rule.js';

/** A rule of a pack that pays XP for events, compiled once. */
export class CompiledXpRule {
  /** Unique in the tenant. */
  readonly key: string;
  readonly matcher: Matcher;
  readonly amount: number | Expression;

  constructor(
    readonly rule: XpRule,
    pack: string,
  ) {
    this.key = xpRuleKey(pack, rule);
    this.matcher = compileMatcher(rule, '');
    this.amount = typeof rule.amount === 'number' ? rule.amount : Expression.compileStored(rule.amount, 'number');
  }
}

/** Names a rule in the tenant. */
export function xpRuleKey(pack: string, { id }: Pick<XpRule, 'id'>): string {
  return `${pack}/${id}`;
}

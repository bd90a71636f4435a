import { isBuiltIn } from '../builtInTypes.js';
import type { CompiledXpRule } from './compiledXpRule.js';
import { isPattern, matchesPattern } from './eventPattern.js';
import type { Matcher, Rule } from './rule.js';

/** Event types whose candidates are remembered. When there are more, all are forgotten and found again as they come. */
const TYPES_REMEMBERED_MAX = 10_000;

/** A rule that listens to a type, with those of its matchers that do. */
export interface Candidate {
  readonly rule: Rule;
  readonly matchers: readonly Matcher[];
  /** Its place among the candidates of the type. */
  readonly place: number;
}

/** All that an event of one type can concern. */
export interface Candidates {
  readonly rules: readonly Candidate[];
  readonly xpRules: readonly CompiledXpRule[];
  /** They are known by a number that no others have, of any catalogue. */
  readonly group: number;
  /** Whether Cairn itself acts on events of the type. */
  readonly isBuiltIn: boolean;
}

let groups = 0;

/**
 * Rules by event type, so that an event costs nothing for the achievements of other types: a map for exact types, and
 * the patterns, which are gone through once for each type.
 */
export class RuleIndex {
  readonly #rules: readonly Rule[];
  readonly #xpRules: readonly CompiledXpRule[];
  readonly #remembered = new Map<string, Candidates>();
  readonly #exact = new Map<string, Set<Rule | CompiledXpRule>>();
  readonly #patterns: { pattern: string; rule: Rule | CompiledXpRule }[] = [];

  constructor(rules: readonly Rule[], xpRules: readonly CompiledXpRule[]) {
    this.#rules = rules;
    this.#xpRules = xpRules;
    for (const rule of rules) for (const matcher of rule.matchers) this.#listen(rule, matcher);
    for (const rule of xpRules) this.#listen(rule, rule.matcher);
  }

  candidatesOf(type: string): Candidates {
    return this.#remembered.get(type) ?? this.#remember(type);
  }

  #listen(rule: Rule | CompiledXpRule, matcher: Matcher): void {
    for (const event of matcher.events) {
      if (isPattern(event)) this.#patterns.push({ pattern: event, rule });
      else this.#exact.set(event, (this.#exact.get(event) ?? new Set()).add(rule));
    }
  }

  #remember(type: string): Candidates {
    if (this.#remembered.size >= TYPES_REMEMBERED_MAX) this.#remembered.clear();
    const found = this.#find(type);
    this.#remembered.set(type, found);
    return found;
  }

  #find(type: string): Candidates {
    const listening = new Set(this.#exact.get(type));
    for (const { pattern, rule } of this.#patterns) if (matchesPattern(pattern, type)) listening.add(rule);
    const listens = (matcher: Matcher): boolean => matcher.events.some((event) => matchesPattern(event, type));
    const rules = this.#rules.filter((rule) => listening.has(rule));
    return {
      group: groups++,
      isBuiltIn: isBuiltIn(type),
      rules: rules.map((rule, place) => ({ rule, matchers: rule.matchers.filter(listens), place })),
      xpRules: this.#xpRules.filter((rule) => listening.has(rule)),
    };
  }
}

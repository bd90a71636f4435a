import type { Rule } from '../scenario/rules.js';
import { NaiveChoices } from './NaiveChoices.js';

/** An event, as far as it counts. */
export interface Counted {
  eventId: string;
  colour: string;
  /** What its user had chosen when it came. */
  choices: NaiveChoices;
}

/** How often something was told of an unlock, and how it stands. */
interface Point {
  isHeld: boolean;
  /** It went with an event: what counts otherwise may bring it back. What a person took stays taken. */
  isRetracted: boolean;
  given: number;
  revoked: number;
  xp: number;
}

/** What a user or a team holds who had these events: the same rules, told another way, by somebody who has read only the reference. */
export class NaiveHolder {
  readonly points = new Map<string, Point>();
  xp = 0;
  /** Of a user: what is derived unlocks for nobody who does not want it. A team has none. */
  choices = NaiveChoices.none;
  #rules: readonly Rule[];
  readonly #scope: 'user' | 'team';
  readonly #eachRedXp: number;
  #events: Counted[] = [];
  readonly #paid = new Map<string, number>();
  readonly #granted = new Set<string>();

  /** @param of.eachRedXp what an event of that colour pays */
  constructor(of: { scope: 'user' | 'team'; rules: readonly Rule[]; eachRedXp: number }) {
    this.#scope = of.scope;
    this.#rules = of.rules;
    this.#eachRedXp = of.eachRedXp;
  }

  /** How many events a rule has counted; 0 for one that is not there. */
  countedFor(slug: string): number {
    const rule = this.#rules.find((candidate) => candidate.slug === slug);
    return rule === undefined ? 0 : this.#countingFor(rule).length;
  }

  /** What is held, by name. */
  held(): string[] {
    return [...this.points].filter(([, { isHeld }]) => isHeld).map(([name]) => name);
  }

  count(event: Counted): void {
    this.#events.push(event);
    const paid = event.colour === 'red' && !event.choices.isOutOfAll ? this.#eachRedXp : 0;
    this.#paid.set(event.eventId, paid);
    this.xp += paid;
    this.#giveWhatIsWanted();
  }

  choose(choices: NaiveChoices): void {
    this.choices = choices;
    this.#giveWhatIsWanted();
  }

  publish(rules: readonly Rule[]): void {
    this.#rules = rules;
    this.#giveAll(this.#reached());
    this.#giveDerived();
  }

  grant(name: string): void {
    this.#granted.add(name);
    if (this.#ruleOf(name) === undefined || this.points.get(name)?.isHeld === true) return;
    this.#give(name);
    this.#giveDerived();
  }

  revoke(name: string): void {
    if (!this.#take(name, { isRetracted: false })) return;
    this.#giveDerived();
  }

  /** @param choices of whose event it was, as they are without it */
  retract(eventId: string, choices: NaiveChoices): void {
    if (!this.#events.some((event) => event.eventId === eventId)) throw new Error(`${eventId} does not count`);
    this.#rewrite(() => {
      this.#events = this.#events.filter((event) => event.eventId !== eventId);
      this.xp -= this.#paid.get(eventId) ?? 0;
      if (this.#scope === 'user') this.choices = choices;
    });
  }

  /** Other choices were made by whose events some of these are than it seemed. */
  choseOtherwise(choicesAt: ReadonlyMap<string, NaiveChoices>, choices: NaiveChoices): void {
    this.#rewrite(() => {
      this.#events = this.#events.map((event) => ({ ...event, choices: choicesAt.get(event.eventId) ?? event.choices }));
      if (this.#scope === 'user') this.choices = choices;
    });
  }

  /** All that another has done and holds is this one's as well, and the other has nothing any more. */
  takeOver(from: NaiveHolder): void {
    this.xp += from.xp;
    for (const [name, theirs] of from.points) this.#unite(name, theirs);
    for (const [name, theirs] of from.points) from.points.set(name, { ...theirs, isHeld: false });
    this.#events.push(...from.#events.splice(0));
    for (const [eventId, paid] of from.#paid) this.#paid.set(eventId, paid);
    for (const name of from.#granted) this.#granted.add(name);
    this.choices = this.choices.and(from.choices);
    from.xp = 0;
    this.#giveWhatIsWanted();
  }

  #unite(name: string, theirs: Point): void {
    const ours = this.points.get(name);
    if (ours === undefined) this.points.set(name, { ...theirs, given: 0, revoked: 0 });
    else if (theirs.isHeld && ours.isHeld) this.xp -= theirs.xp;
    else if (theirs.isHeld) this.points.set(name, { ...ours, isHeld: true, isRetracted: false, xp: theirs.xp });
    // What a person took from either stays taken.
    else if (!ours.isHeld) this.points.set(name, { ...ours, isRetracted: ours.isRetracted && theirs.isRetracted });
  }

  /** What was reached and is not any more goes, what is reached now is given. */
  #rewrite(change: () => void): void {
    const derivedBefore = this.#derivedReached();
    const before = this.#reached();
    change();
    const after = this.#reached();
    for (const name of before) if (!after.has(name)) this.#takeUnlessGiven(name);
    for (let isChanged = true; isChanged; ) {
      const still = this.#derivedReached();
      const lost = [...derivedBefore].filter((name) => !still.has(name));
      isChanged = lost.map((name) => this.#takeUnlessGiven(name)).includes(true);
    }
    this.#giveAll(after);
    this.#giveDerived();
  }

  #countingFor(rule: Rule): Counted[] {
    return this.#events.filter(({ choices }) => !choices.refuse(rule));
  }

  /** What the events alone reach. */
  #reached(): Set<string> {
    const names = new Set<string>();
    for (const rule of this.#rules) {
      const { slug, measure, threshold } = rule;
      const counting = this.#countingFor(rule);
      const count = counting.length;
      if (measure.kind === 'multiples') for (let n = 1; n * threshold <= count; n++) names.add(`${slug} #${n}`);
      if (measure.kind === 'count' && count >= threshold) names.add(slug);
      if (measure.kind === 'colours' && new Set(counting.map(({ colour }) => colour)).size >= threshold) names.add(slug);
    }
    return names;
  }

  /** What XP and unlocks reach as they stand. */
  #derivedReached(): Set<string> {
    const held = new Set(this.held().map((name) => name.split(' ', 1)[0]));
    const isReached = ({ measure, threshold }: Rule): boolean =>
      (measure.kind === 'xp' && this.xp >= threshold) ||
      (measure.kind === 'list' && measure.slugs.filter((slug) => held.has(slug)).length >= threshold);
    return new Set(this.#rules.filter(isReached).map(({ slug }) => slug));
  }

  #giveDerived(): void {
    for (let given = true; given; ) given = this.#giveAll(this.#wantedOf(this.#derivedReached()));
  }

  #giveWhatIsWanted(): void {
    this.#giveAll(this.#wantedOf(this.#reached()));
    this.#giveDerived();
  }

  #wantedOf(names: ReadonlySet<string>): Set<string> {
    if (this.#scope === 'team') return new Set(names);
    const isWanted = (name: string): boolean => {
      const rule = this.#ruleOf(name);
      return rule !== undefined && !this.choices.refuse(rule);
    };
    return new Set([...names].filter(isWanted));
  }

  #giveAll(names: ReadonlySet<string>): boolean {
    const missing = [...names].filter((name) => this.points.get(name)?.isRetracted ?? true);
    for (const name of missing) this.#give(name);
    return missing.length > 0;
  }

  #give(name: string): void {
    const { given, revoked } = this.points.get(name) ?? { given: 0, revoked: 0 };
    const xp = this.#ruleOf(name)?.xp ?? 0;
    this.points.set(name, { isHeld: true, isRetracted: false, given: given + 1, revoked, xp });
    this.xp += xp;
  }

  #takeUnlessGiven(name: string): boolean {
    return this.#ruleOf(name)?.isTakenBack === true && !this.#granted.has(name) && this.#take(name, { isRetracted: true });
  }

  #take(name: string, { isRetracted }: { isRetracted: boolean }): boolean {
    const point = this.points.get(name);
    if (point?.isHeld !== true) return false;
    this.points.set(name, { ...point, isHeld: false, isRetracted, revoked: point.revoked + 1 });
    this.xp -= point.xp;
    return true;
  }

  #ruleOf(name: string): Rule | undefined {
    const [slug, period] = name.split(' ');
    return this.#rules.find((rule) => rule.slug === slug && (rule.measure.kind === 'multiples') === (period !== undefined));
  }
}

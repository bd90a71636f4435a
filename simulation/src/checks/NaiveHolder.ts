import type { Rule } from '../scenario/rules.js';

/** An event, as far as it counts. */
export interface Counted {
  eventId: string;
  colour: string;
}

/** How often something was told of an unlock, and how it stands. */
interface Point {
  isHeld: boolean;
  /** It went with an event: what counts otherwise may bring it back. What a person took stays taken. */
  isRetracted: boolean;
  restored: number;
  revoked: number;
  xp: number;
}

/** What a user or a team holds who had these events: the same rules, told another way, by somebody who has read only the reference. */
export class NaiveHolder {
  readonly points = new Map<string, Point>();
  xp = 0;
  #rules: readonly Rule[];
  readonly #eachRedXp: number;
  readonly #events: Counted[] = [];
  readonly #granted = new Set<string>();

  /** @param of.eachRedXp what an event of that colour pays */
  constructor(of: { rules: readonly Rule[]; eachRedXp: number }) {
    this.#rules = of.rules;
    this.#eachRedXp = of.eachRedXp;
  }

  get events(): readonly Counted[] {
    return this.#events;
  }

  /** Whether there is anything to count for. */
  get isCounting(): boolean {
    return this.#rules.length > 0;
  }

  /** What is held, by name. */
  held(): string[] {
    return [...this.points].filter(([, { isHeld }]) => isHeld).map(([name]) => name);
  }

  count(event: Counted): void {
    this.#events.push(event);
    this.xp += this.#paidFor(event);
    this.#giveAll(this.#reached());
    this.#giveDerived();
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

  retract(eventId: string): void {
    const at = this.#events.findIndex((event) => event.eventId === eventId);
    const event = this.#events[at];
    if (event === undefined) throw new Error(`${eventId} does not count`);
    const derivedBefore = this.#derivedReached();
    const before = this.#reached();
    this.#events.splice(at, 1);
    const after = this.#reached();
    for (const name of before) if (!after.has(name)) this.#takeUnlessGiven(name);
    this.xp -= this.#paidFor(event);
    for (let isChanged = true; isChanged; ) {
      const still = this.#derivedReached();
      const lost = [...derivedBefore].filter((name) => !still.has(name));
      isChanged = lost.map((name) => this.#takeUnlessGiven(name)).includes(true);
    }
    this.#giveAll(after);
    this.#giveDerived();
  }

  /** What the events alone reach. */
  #reached(): Set<string> {
    const names = new Set<string>();
    const colours = new Set(this.#events.map(({ colour }) => colour)).size;
    for (const { slug, measure, threshold } of this.#rules) {
      const count = this.#events.length;
      if (measure.kind === 'multiples') for (let n = 1; n * threshold <= count; n++) names.add(`${slug} #${n}`);
      if (measure.kind === 'count' && count >= threshold) names.add(slug);
      if (measure.kind === 'colours' && colours >= threshold) names.add(slug);
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
    for (let given = true; given; ) given = this.#giveAll(this.#derivedReached());
  }

  #giveAll(names: ReadonlySet<string>): boolean {
    const missing = [...names].filter((name) => this.points.get(name)?.isRetracted ?? true);
    for (const name of missing) this.#give(name);
    return missing.length > 0;
  }

  #give(name: string): void {
    const before = this.points.get(name);
    const xp = this.#ruleOf(name)?.xp ?? 0;
    const restored = before === undefined ? 0 : before.restored + 1;
    this.points.set(name, { isHeld: true, isRetracted: false, restored, revoked: before?.revoked ?? 0, xp });
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

  #paidFor({ colour }: Counted): number {
    return colour === 'red' ? this.#eachRedXp : 0;
  }

  #ruleOf(name: string): Rule | undefined {
    const [slug, period] = name.split(' ');
    return this.#rules.find((rule) => rule.slug === slug && (rule.measure.kind === 'multiples') === (period !== undefined));
  }
}

import type { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import type { Effects, UnlockEffect } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { zoneOrUtc } from '../zones/zones.js';
import { Holder } from './holder.js';
import { PreviewTally } from './previewTally.js';
import { type Rung, rungKey, rungsOf } from './rung.js';
import { sampleLevelOf } from './sampleLevel.js';

export interface CrowdOptions {
  /** What they are folded by. */
  catalogue: Catalogue;
  /** The achievements of the draft that they can get. */
  rules: readonly Rule[];
  pack: string;
  /** How many of them are held: beyond that, a sample goes on. */
  holdersMax: number;
}

/** All users, or all teams, that a preview follows, or a sample of them, and what they got. */
export class Crowd {
  readonly rungs: readonly Rung[];
  readonly #options: CrowdOptions;
  readonly #rungOf: ReadonlyMap<string, Rung>;
  /** Slugs whose bursts matter, by the key of their definition. */
  readonly #burstSlugs: ReadonlyMap<number, string>;
  readonly #xpRulePrefix: string;
  readonly #holders = new Map<string, Holder>();
  /** By the sample that a holder is in: what a deeper sample leaves out can be forgotten. */
  readonly #tallies = new Map<number, PreviewTally>();
  /** Who has a lower level is left out: at 0, nobody is. */
  #sampleLevel = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.rungs = rungsOf(options.rules);
    this.#rungOf = new Map(this.rungs.map((rung) => [rungKey(rung.rule.slug, rung.level.name), rung]));
    this.#burstSlugs = new Map(
      this.rungs.flatMap(({ rule, burstEvents }) => (burstEvents === null ? [] : [[rule.published.key, rule.slug]])),
    );
    this.#xpRulePrefix = `rule:${options.pack}/`;
  }

  get holders(): ReadonlyMap<string, Holder> {
    return this.#holders;
  }

  /** One in so many is followed: 1 where all are. */
  get oneIn(): number {
    return 2 ** this.#sampleLevel;
  }

  /** What those who are followed got. */
  tally(): PreviewTally {
    const all = new PreviewTally();
    for (const tally of this.#tallies.values()) all.merge(tally);
    return all;
  }

  /** null for whom the sample leaves out. */
  holderOf(id: string): Holder | null {
    const known = this.#holders.get(id);
    if (known !== undefined) return known;
    const sampleLevel = sampleLevelOf(id);
    if (sampleLevel < this.#sampleLevel) return null;
    const holder = new Holder(id, sampleLevel);
    this.#holders.set(id, holder);
    while (this.#holders.size > this.#options.holdersMax) this.#deepenSample();
    return this.#holders.has(id) ? holder : null;
  }

  /** Takes down what an event brought. */
  note(holder: Holder, event: EngineEvent, effects: Effects): void {
    holder.firstAt = Math.min(holder.firstAt, event.occurredAt);
    for (const key of effects.matched) {
      const slug = this.#burstSlugs.get(key);
      if (slug !== undefined) holder.burstOf(slug).add(event.type, event.occurredAt);
    }
    if (effects.unlocks.length === 0 && effects.xp.length === 0) return;
    const tally = this.#tallyOf(holder);
    for (const unlock of effects.unlocks) this.#noteUnlock(holder, unlock, { effects, tally });
    this.#noteXp(holder, effects, tally);
  }

  #noteUnlock(holder: Holder, unlock: UnlockEffect, of: { effects: Effects; tally: PreviewTally }): void {
    const { definition, level, period, unlockedAt: at } = unlock;
    const rung = this.#rungOf.get(rungKey(definition.slug, level));
    if (rung === undefined) return;
    const { timezone } = this.#options.catalogue.settings;
    // What a plan or a consent set free came from no burst, whatever had been counted before.
    const isCounted = of.effects.matched.includes(definition.key);
    const isFromBurst = isCounted && rung.burstEvents !== null && holder.burstOf(definition.slug).covers(rung.burstEvents);
    holder.unlocked(rung.number, at);
    if (rung.mayRepeatDaily) holder.unlockedOn(rung.number, zoneOrUtc(holder.state.zone ?? timezone).dayOf(at));
    of.tally.rung(rung.number).add({ holder: holder.id, at, level, period }, { day: zoneOrUtc(timezone).dayOf(at), isFromBurst });
  }

  #noteXp(holder: Holder, { xp }: Effects, tally: PreviewTally): void {
    const { catalogue, pack } = this.#options;
    for (const { entryKey, ruleId, slug, amount } of xp) {
      if (ruleId !== null && entryKey.startsWith(this.#xpRulePrefix)) tally.earn(ruleId, amount);
      else if (slug === null || catalogue.definitions.get(slug)?.pack !== pack) continue;
      holder.xp += amount;
    }
  }

  /** Leaves every second one out, with all that was tallied of them. */
  #deepenSample(): void {
    this.#tallies.delete(this.#sampleLevel);
    this.#sampleLevel += 1;
    for (const [id, { sampleLevel }] of this.#holders) if (sampleLevel < this.#sampleLevel) this.#holders.delete(id);
  }

  #tallyOf({ sampleLevel }: Holder): PreviewTally {
    let tally = this.#tallies.get(sampleLevel);
    if (tally === undefined) this.#tallies.set(sampleLevel, (tally = new PreviewTally()));
    return tally;
  }
}

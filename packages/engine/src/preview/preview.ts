import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects, UnlockEffect } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { isInstant } from '../instant.js';
import type { Pack } from '../packs/pack.js';
import type { Result } from '../result.js';
import { zoneOrUtc } from '../zones/zones.js';
import { buildReport } from './buildReport.js';
import { type DraftCatalogue, draftCatalogue } from './draftCatalogue.js';
import { EventWatch } from './eventWatch.js';
import { PREVIEW_USERS_MAX } from './limits.js';
import type { PreviewReport } from './previewReport.js';
import { PreviewTally } from './previewTally.js';
import { PreviewUser } from './previewUser.js';
import { type Rung, rungKey, rungsOf } from './rung.js';
import { sampleLevelOf } from './sampleLevel.js';

export interface PreviewOptions {
  /** What is published in the tenant, and its settings. */
  published: Catalogue;
  /** Only events that occurred at this instant or later are folded; null for all. */
  since: number | null;
  /** Users whose state is held: beyond that, a sample of them goes on. */
  usersMax?: number;
}

/**
 * A draft of a pack, folded over the history as if it had been published before the first event: what a recount would
 * find. Events are taken in the order of the log, without duplicates; memory is bounded by the number of users.
 */
export class Preview {
  readonly #pack: Pack;
  readonly #draft: DraftCatalogue;
  readonly #since: number;
  readonly #usersMax: number;
  readonly #rungs: readonly Rung[];
  readonly #rungOf: ReadonlyMap<string, Rung>;
  /** Slugs whose bursts matter, by the key of their definition. */
  readonly #burstSlugs: ReadonlyMap<number, string>;
  readonly #xpRulePrefix: string;
  readonly #watch: EventWatch;
  readonly #users = new Map<string, PreviewUser>();
  /** By the sample that a user is in: what a deeper sample leaves out can be forgotten. */
  readonly #tallies = new Map<number, PreviewTally>();
  /** Users of a lower level are left out: at 0, nobody is. */
  #sampleLevel = 0;
  #events = 0;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  private constructor(pack: Pack, draft: DraftCatalogue, { since, usersMax }: PreviewOptions) {
    this.#pack = pack;
    this.#draft = draft;
    this.#since = since ?? Number.NEGATIVE_INFINITY;
    this.#usersMax = usersMax ?? PREVIEW_USERS_MAX;
    this.#rungs = rungsOf(draft.rules);
    this.#rungOf = new Map(this.#rungs.map((rung) => [rungKey(rung.rule.slug, rung.level.name), rung]));
    this.#burstSlugs = new Map(
      this.#rungs.flatMap(({ rule, burstEvents }) => (burstEvents === null ? [] : [[rule.published.key, rule.slug]])),
    );
    this.#xpRulePrefix = `rule:${pack.pack}/`;
    this.#watch = new EventWatch([
      ...draft.rules.flatMap(({ matchers }) => matchers.flatMap(({ events }) => events)),
      ...pack.xpRules.flatMap(({ event }) => event),
    ]);
  }

  /** Issues where the draft could not be published in this tenant. */
  static begin(pack: Pack, options: PreviewOptions): Result<Preview> {
    const draft = draftCatalogue(pack, options.published);
    return draft.ok ? { ok: true, value: new Preview(pack, draft.value, options) } : draft;
  }

  /** The next event of the log. One that occurred before `since` only tells that its type is alive. */
  take(event: EngineEvent): void {
    const { occurredAt, userId } = event;
    // Nothing can be said about when it happened: the engine counts no such event either.
    if (!isInstant(occurredAt)) return;
    this.#watch.saw(event.type, occurredAt);
    if (occurredAt < this.#since) return;
    this.#events += 1;
    this.#from = Math.min(this.#from, occurredAt);
    this.#until = Math.max(this.#until, occurredAt);
    const user = this.#userOf(userId);
    if (user === null) return;
    user.firstAt = Math.min(user.firstAt, occurredAt);
    this.#note(user, event, fold(this.#draft.catalogue, user.state, event));
  }

  /** What came of the events so far. It may be asked for again after more of them. */
  report(now: number): PreviewReport {
    const tally = new PreviewTally();
    for (const one of this.#tallies.values()) tally.merge(one);
    return buildReport({
      pack: this.#pack,
      draft: this.#draft,
      since: this.#since === Number.NEGATIVE_INFINITY ? null : this.#since,
      now,
      events: this.#events,
      from: this.#from,
      until: this.#until,
      rungs: this.#rungs,
      users: this.#users,
      oneIn: 2 ** this.#sampleLevel,
      tally,
      watch: this.#watch,
    });
  }

  /** null for a user that the sample leaves out. */
  #userOf(userId: string): PreviewUser | null {
    const known = this.#users.get(userId);
    if (known !== undefined) return known;
    const sampleLevel = sampleLevelOf(userId);
    if (sampleLevel < this.#sampleLevel) return null;
    const user = new PreviewUser(sampleLevel);
    this.#users.set(userId, user);
    while (this.#users.size > this.#usersMax) this.#deepenSample();
    return this.#users.has(userId) ? user : null;
  }

  /** Leaves every second user out, with all that was tallied of them. */
  #deepenSample(): void {
    this.#tallies.delete(this.#sampleLevel);
    this.#sampleLevel += 1;
    for (const [userId, user] of this.#users) if (user.sampleLevel < this.#sampleLevel) this.#users.delete(userId);
  }

  #note(user: PreviewUser, event: EngineEvent, effects: Effects): void {
    for (const key of effects.matched) {
      const slug = this.#burstSlugs.get(key);
      if (slug !== undefined) user.burstOf(slug).add(event.type, event.occurredAt);
    }
    if (effects.unlocks.length === 0 && effects.xp.length === 0) return;
    const tally = this.#tallyOf(user);
    for (const unlock of effects.unlocks) this.#noteUnlock(user, unlock, { event, effects, tally });
    for (const { entryKey, ruleId, slug, amount } of effects.xp) {
      const isOfRule = ruleId !== null && entryKey.startsWith(this.#xpRulePrefix);
      if (isOfRule) tally.earn(ruleId, amount);
      else if (slug === null || !this.#isOfDraft(slug)) continue;
      user.xp += amount;
    }
  }

  #noteUnlock(user: PreviewUser, unlock: UnlockEffect, of: { event: EngineEvent; effects: Effects; tally: PreviewTally }): void {
    const { definition, level, period, unlockedAt: at } = unlock;
    const rung = this.#rungOf.get(rungKey(definition.slug, level));
    if (rung === undefined) return;
    const { userId } = of.event;
    const { timezone } = this.#draft.catalogue.settings;
    // What a plan or a consent set free came from no burst, whatever had been counted before.
    const counted = rung.burstEvents !== null && of.effects.matched.includes(definition.key);
    const isFromBurst = counted && rung.burstEvents !== null && user.burstOf(definition.slug).covers(rung.burstEvents);
    user.unlocked(rung.number, at);
    if (rung.mayRepeatDaily) user.unlockedOn(rung.number, zoneOrUtc(user.state.zone ?? timezone).dayOf(at));
    of.tally.rung(rung.number).add({ userId, at, level, period }, { day: zoneOrUtc(timezone).dayOf(at), isFromBurst });
  }

  #isOfDraft(slug: string): boolean {
    return this.#draft.catalogue.definitions.get(slug)?.pack === this.#pack.pack;
  }

  #tallyOf({ sampleLevel }: PreviewUser): PreviewTally {
    let tally = this.#tallies.get(sampleLevel);
    if (tally === undefined) this.#tallies.set(sampleLevel, (tally = new PreviewTally()));
    return tally;
  }
}

import { adoptState } from '../adoptState.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import type { Effects } from '../effects.js';
import { grant } from '../grant.js';
import { revoke } from '../revoke.js';
import { cascade } from '../settle.js';
import type { AchievementState } from '../state/achievementState.js';
import type { HeldUnlock } from '../state/heldUnlocks.js';
import type { UserState } from '../state/userState.js';
import { type Cause, Transition } from '../transition.js';
import { evidenceKey, payXp } from '../unlock.js';
import { type PeriodKey, parsePeriodName } from '../windows/periodKey.js';
import { giveFound } from './giveFound.js';
import type { LivedSince, MergedRecount, PlacedEffects, RecountMerge, RecountPhase } from './recountMerge.js';
import type { LogPlace, RecountStep } from './recountStep.js';
import { settlePublication } from './settlePublication.js';
import { takeCounts } from './takeCounts.js';

type Step = RecountStep | (LogPlace & LivedStep);
type LivedStep =
  | { kind: 'phase'; phase: RecountPhase }
  | { kind: 'lived_unlock'; restore: () => void; at: number; cause: string }
  | { kind: 'lived_entry'; entry: LivedSince['entries'][number] };

/**
 * Puts what a recount beside live traffic found into the user's state, as if the recount had been done at the publication
 * and the user's live events had come after it: the state is taken back to that place as far as it matters, and walked to
 * where it is now. So what comes of it does not depend on when it is done, and doing it twice does no more than once.
 */
export function mergeInOrder(state: UserState, merge: RecountMerge): MergedRecount {
  return new Walk(state, merge).run();
}

class Walk {
  readonly #state: UserState;
  readonly #merge: RecountMerge;
  readonly #merged: MergedRecount = { placed: [], matches: [], totals: [] };
  readonly #steps: readonly RecountStep[];
  #phase: RecountPhase;

  constructor(state: UserState, merge: RecountMerge) {
    this.#state = state;
    this.#merge = merge;
    this.#phase = merge.phases[0];
    this.#steps = (merge.scratch?.steps ?? []).filter((step) => !merge.isDone(step));
  }

  run(): MergedRecount {
    const state = this.#state;
    const { tier, consent } = state;
    const lived = this.#rewind();
    this.#settlePublication();
    for (const group of groupsByPlace([...lived, ...this.#found()])) this.#take(group);
    state.tier = tier;
    state.consent = consent;
    this.#takeCounts();
    return this.#merged;
  }

  /** Takes the state back to the publication; answers the steps that bring it forward again. */
  #rewind(): Step[] {
    const state = this.#state;
    state.written.forget();
    const { since, phases, scratch } = this.#merge;
    if (scratch !== null) Object.assign(state, scratch.eligibility);
    for (const { amount } of since.entries) state.xp -= amount;
    return [
      ...phases.slice(1).map((phase) => ({ kind: 'phase' as const, sequence: phase.sequence, index: 0, phase })),
      ...this.#hideUnlocks(),
      ...since.entries.map((entry) => ({ kind: 'lived_entry' as const, sequence: entry.sequence, index: entry.index, entry })),
    ];
  }

  /** What was not held then does not add to an `achievements` criterion before its place comes. */
  #hideUnlocks(): Step[] {
    const listed = new Set(this.#merge.phases.flatMap(({ catalogue }) => catalogue.derivedRules.flatMap(listedSlugs)));
    const steps: Step[] = [];
    for (const { sequence, index, slug, level, period, at, cause } of this.#merge.since.unlocks) {
      const held = this.#state.achievements.get(slug)?.held;
      const key = parsePeriodName(period);
      const unlock = key === null ? undefined : held?.get(level ?? '', key);
      if (!listed.has(slug) || held === undefined || key === null || unlock === undefined) continue;
      steps.push({ kind: 'lived_unlock', sequence, index, restore: hide(held, { level: level ?? '', period: key, unlock }), at, cause });
    }
    return steps;
  }

  #settlePublication(): void {
    const { sequence, at, cause, catalogue } = this.#phase;
    const transition = this.#transition({ at, id: cause, backfilled: true }, catalogue);
    settlePublication(transition, {
      steps: this.#steps.filter((step) => step.sequence < sequence),
      before: this.#merge.before,
    });
    this.#place({ sequence, index: 0 }, transition.finish(), 'first');
  }

  #found(): RecountStep[] {
    return this.#steps.filter((step) => step.sequence >= this.#phase.sequence);
  }

  /** All that happened at one place, and then what follows from it. */
  #take(group: readonly Step[]): void {
    const [first] = group;
    if (first === undefined) return;
    if (first.kind === 'phase') this.#phase = first.phase;
    const transition = this.#transition(this.#causeOf(first), this.#phase.catalogue);
    for (const step of group) this.#takeStep(transition, step);
    if (group.some((step) => step.kind !== 'phase' || step.phase.isRecheckDue)) cascade(transition);
    this.#place(first, transition.finish());
  }

  #causeOf(step: Step): Omit<Cause, 'userId'> {
    const cause = causeOf(step);
    return this.#merge.scratch?.isBackfill(step) === true ? { ...cause, backfilled: true } : cause;
  }

  #takeStep(transition: Transition, step: Step): void {
    const state = this.#state;
    switch (step.kind) {
      case 'phase':
        return;
      case 'lived_unlock':
        step.restore();
        return;
      case 'lived_entry':
        state.xp += step.entry.amount;
        if (state.xp !== step.entry.totalAfter) this.#merged.totals.push({ entryId: step.entry.entryId, totalAfter: state.xp });
        return;
      case 'eligibility':
        Object.assign(state, step.eligibility);
        return;
      case 'unlock':
        giveFound(transition, step.effect);
        return;
      case 'earning':
        payXp(transition, step.effect);
        return;
      case 'grant':
        this.#grant(step);
        return;
      case 'revocation':
        this.#place(step, revoke(this.#phase.catalogue, state, step.byHand));
    }
  }

  #grant(step: RecountStep & { kind: 'grant' }): void {
    const { catalogue } = this.#phase;
    const rule = catalogue.rules.get(step.byHand.slug);
    if (rule?.isDerived === false) takeCounts(adoptState(this.#state, rule), rule, step.counts);
    this.#place(step, grant(catalogue, this.#state, step.byHand));
  }

  /** Under the last version that the recount followed: what was published anew since is counted by a recount of its own. */
  #takeCounts(): void {
    const { slugs, xpRules, scratch } = this.#merge;
    const state = this.#state;
    for (const slug of slugs) {
      const counted = scratch?.state.achievements.get(slug) ?? null;
      const entry = state.achievements.get(slug);
      const rule = this.#ruleOf(slug, { counted, entry });
      if (rule === undefined || rule.isDerived) continue;
      if (counted === null && entry === undefined) continue;
      const taken = adoptState(state, rule);
      takeCounts(taken, rule, counted);
      this.#noteMatches(rule, taken);
    }
    for (const key of xpRules) {
      const earnings = scratch?.state.earnings.get(key);
      if (earnings === undefined) state.earnings.delete(key);
      else state.earnings.set(key, earnings);
    }
  }

  /** Of the lifetime, or of every period that still counts: what a later unlock takes for evidence, also one that a late event brings. */
  #noteMatches(rule: Rule, { lifetime, periods }: AchievementState): void {
    const evidence = this.#merge.scratch?.state.evidence;
    if (evidence === null || evidence === undefined) return;
    const windows = lifetime === null ? [...periods.keys()] : [null];
    const eventIds = windows.flatMap((window) => evidence.get(evidenceKey(rule.slug, window)) ?? []);
    if (eventIds.length > 0) this.#merged.matches.push({ key: rule.published.key, eventIds });
  }

  /** The version that the counts are of; where there are none, the one that a live event or a recheck would have adopted last. */
  #ruleOf(slug: string, of: { counted: AchievementState | null; entry: AchievementState | undefined }): Rule | undefined {
    const phases = this.#merge.phases.filter(({ catalogue }) => catalogue.rules.has(slug));
    const ruleIn = (phase: RecountPhase | undefined): Rule | undefined => phase?.catalogue.rules.get(slug);
    const ofVersion = (version: number): Rule | undefined => ruleIn(phases.find((phase) => ruleIn(phase)?.version === version));
    if (of.counted !== null) return ofVersion(of.counted.version);
    const adopted = ruleIn(phases.findLast(({ isRecheckDue }) => isRecheckDue) ?? phases[0]);
    return of.entry !== undefined && adopted !== undefined && of.entry.version > adopted.version ? ofVersion(of.entry.version) : adopted;
  }

  #transition(cause: Omit<Cause, 'userId'>, catalogue: Catalogue): Transition {
    return new Transition(catalogue, this.#state, { ...cause, userId: this.#merge.userId });
  }

  #place({ sequence, index }: LogPlace, effects: Effects, order: PlacedEffects['order'] = 'behind'): void {
    if (effects.unlocks.length + effects.xp.length + effects.revocations.length === 0) return;
    this.#merged.placed.push({ sequence, index, effects, order });
  }
}

function hide(
  held: AchievementState['held'],
  { level, period, unlock }: { level: string; period: PeriodKey; unlock: HeldUnlock },
): () => void {
  held.put(level, period, { ...unlock, revoked: true });
  return () => {
    held.put(level, period, unlock);
  };
}

function listedSlugs({ definition: { criteria } }: Rule): readonly string[] {
  return criteria.type === 'achievements' ? criteria.slugs : [];
}

function causeOf(step: Step): Omit<Cause, 'userId'> {
  switch (step.kind) {
    case 'phase':
      return { at: step.phase.at, id: step.phase.cause, backfilled: true };
    case 'lived_entry':
      return { at: step.entry.at, id: step.entry.cause, backfilled: false };
    case 'unlock':
      return { at: step.effect.unlockedAt, id: step.effect.causedBy, backfilled: step.effect.backfilled };
    case 'earning':
      return { at: step.effect.occurredAt, id: step.effect.causedBy, backfilled: false };
    case 'grant':
    case 'revocation':
      return { at: step.byHand.at, id: step.byHand.cause, backfilled: false };
    case 'lived_unlock':
    case 'eligibility':
      return { at: step.at, id: step.cause, backfilled: false };
  }
}

/** In log order; at one place in the order given. */
function groupsByPlace(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of [...steps].sort((a, b) => a.sequence - b.sequence || a.index - b.index)) {
    const last = groups.at(-1);
    const before = last?.[0];
    if (last !== undefined && before?.sequence === step.sequence && before.index === step.index) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

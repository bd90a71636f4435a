import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import type { OnPublish } from '../packs/pack.js';
import { recheck } from '../recheck.js';
import { revoke } from '../revoke.js';
import { AchievementState } from '../state/achievementState.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makePack } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { NO_PERIOD } from '../windows/periodKey.js';
import { mergeInOrder } from './mergeInOrder.js';
import { affectedBy, type PendingRecount, type RecountCatalogues, recountCatalogues, withoutPending } from './pendingRecount.js';
import type { LivedBefore, RecountPhase } from './recountMerge.js';
import { Scratch } from './scratch.js';
import { isRecheckDueAt, workOfPublication } from './workOfPublication.js';

/** An entry of the log of one user. */
type Entry =
  | { kind: 'event'; event: EngineEvent }
  | { kind: 'publish'; pack: Parameters<typeof makePack>[0]; onPublish?: OnPublish }
  | { kind: 'configure'; tierOrder: string[] }
  | { kind: 'grant' | 'revoke'; slug: string };

interface Row {
  key: string;
  sequence: number;
  order: number;
  at: number;
  cause: string;
  slug: string | null;
  level: string | null;
  period: string | null;
}
type UnlockRow = Row & { slug: string; value: number; threshold: number; version: number; backfilled: boolean; revoked: boolean };
type XpRow = Row & { amount: number; totalAfter: number };

/** What comes first at one place of the log. */
const FIRST = 0;
const RECHECKED = 1;
const FOUND_LATE = 2;

interface Pending extends PendingRecount {
  sequence: number;
  /** It was merged, and is not known to be: what is done by hand meanwhile is no matter of it. */
  isMerged: boolean;
  /** Changes by hand that had their turn. */
  byHand: Set<string>;
}

/** What an evaluator keeps of one user; a recount is merged when it is told to, however late. */
class Evaluation {
  state: UserState = emptyState();
  catalogue = Catalogue.empty();
  readonly catalogues: { sequence: number; catalogue: Catalogue }[] = [];
  readonly unlocks: UnlockRow[] = [];
  readonly xp: XpRow[] = [];
  readonly pending: Pending[] = [];
  /** Events that recounts found to have counted. */
  readonly matched: string[] = [];
  readonly #log: readonly Entry[];
  #sequence = 0;
  #keys = 0;

  constructor(log: readonly Entry[]) {
    this.#log = log;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Takes the next entry of the log. */
  step(): void {
    const entry = this.#log[this.#sequence];
    if (entry === undefined) throw new Error('the log has ended');
    this.#sequence += 1;
    const sequence = this.#sequence;
    const live = (): Catalogue => (this.#waiting.length === 0 ? this.catalogue : withoutPending(this.catalogue, this.#waiting));
    switch (entry.kind) {
      case 'event':
        return this.#write(sequence, fold(live(), this.state, placed(entry.event, sequence)));
      case 'publish':
        this.#publish(entry);
        break;
      case 'configure':
        this.catalogue = this.catalogue.configure({ tierOrder: entry.tierOrder });
        this.#write(sequence, recheck(live(), this.state, occasion(sequence)), RECHECKED);
        break;
      default: {
        const isPending = this.#waiting.some((recount) => affectedBy(this.catalogue, recount).has(entry.slug));
        if (isPending) return;
        const [first] = this.pending;
        if (first?.isMerged === true) first.byHand.add(byHand(entry.slug, sequence).cause);
        this.#write(sequence, (entry.kind === 'grant' ? grant : revoke)(live(), this.state, byHand(entry.slug, sequence)));
        return;
      }
    }
    this.catalogues.push({ sequence, catalogue: this.catalogue });
  }

  /** Merges the oldest recount that is pending; where a crash comes behind that, at once or later, it is begun anew. */
  merge(then: 'done' | 'crash'): void {
    const recount = this.pending.shift();
    if (recount === undefined) return;
    this.#mergeOne(recount);
    if (then === 'crash') this.pending.unshift({ ...recount, isMerged: true });
  }

  get #waiting(): Pending[] {
    return this.pending.filter(({ isMerged }) => !isMerged);
  }

  #mergeOne(recount: Pending): void {
    const { phases, scratch } = this.#fold(recount);
    const paid = new Set(this.xp.map(({ key }) => key));
    const isDone = (step: (typeof scratch.steps)[number]): boolean =>
      step.kind === 'earning' ? paid.has(step.effect.entryKey) : 'byHand' in step && recount.byHand.has(step.byHand.cause);
    const since = ({ sequence }: Row): boolean => sequence >= recount.sequence;
    const last = phases.at(-1)?.merging;
    const steps = [...scratch.steps];
    const merged = mergeInOrder(this.state, {
      userId: 'u1',
      phases: phases.map(({ merging, ...phase }): RecountPhase => ({ ...phase, catalogue: merging })) as [RecountPhase],
      slugs: recount.slugs,
      xpRules: recount.xpRules.filter((key) => !this.pending.some((later) => later.xpRules.includes(key))),
      scratch,
      isDone,
      before: this.#before(recount, phases[0]?.merging ?? Catalogue.empty()),
      since: {
        unlocks: inLogOrder(this.unlocks.filter(since)).map((row) => ({ ...row, index: 0 })),
        entries: inLogOrder(this.xp.filter(since)).map((row) => ({ ...row, index: 0, entryId: row.key })),
      },
    });
    for (const step of steps) if ('byHand' in step) recount.byHand.add(step.byHand.cause);
    expect(last).toBeDefined();
    for (const { sequence, effects, order } of merged.placed) this.#write(sequence, effects, order === 'first' ? FIRST : FOUND_LATE);
    for (const { eventIds } of merged.matches) this.matched.push(...eventIds);
    for (const { entryId, totalAfter } of merged.totals) for (const row of this.xp) if (row.key === entryId) row.totalAfter = totalAfter;
    this.state = decodeState(encodeState(this.state));
  }

  #publish({ pack: parts, onPublish }: Entry & { kind: 'publish' }): void {
    const sequence = this.#sequence;
    const pack = makePack(parts);
    if (onPublish !== undefined) for (const definition of pack.achievements) definition.onPublish = onPublish;
    const plan = this.catalogue.planPublish(pack, (slug) => {
      const versions = this.catalogues.map(({ catalogue }) => catalogue.definitions.get(slug)?.version ?? 0);
      return Math.max(0, ...versions) + 1;
    });
    const work = workOfPublication(this.catalogue, pack, plan);
    this.catalogue = this.catalogue.publish(pack, plan, { sequence, publishedAt: 0, keyOf: () => (this.#keys += 1) });
    if (work.recount.slugs.length + work.recount.xpRules.length > 0)
      this.pending.push({ ...work.recount, sequence, isMerged: false, byHand: new Set() });
    if (!work.isRecheckDue) return;
    const live = this.#waiting.length === 0 ? this.catalogue : withoutPending(this.catalogue, this.#waiting);
    this.#write(sequence, recheck(live, this.state, occasion(sequence)), RECHECKED);
  }

  #fold(recount: Pending): { phases: (Omit<RecountPhase, 'catalogue'> & RecountCatalogues)[]; scratch: Scratch } {
    const phaseAt = (at: { sequence: number; catalogue: Catalogue }) => {
      const later = this.pending.filter(({ sequence }) => sequence <= at.sequence);
      const isRecheckDue = this.#log[at.sequence - 1]?.kind === 'configure' || isRecheckDueAt(at.catalogue, at.sequence);
      return { sequence: at.sequence, isRecheckDue, ...occasion(at.sequence), ...recountCatalogues(at.catalogue, recount, later) };
    };
    const [first, ...rest] = this.catalogues.filter(({ sequence }) => sequence >= recount.sequence).map(phaseAt);
    if (first === undefined) throw new Error('it was published');
    const phases = [first];
    const scratch = new Scratch(recount.sequence);
    let counting = first.counting;
    for (const [i, entry] of this.#log.slice(0, this.#sequence).entries()) {
      const sequence = i + 1;
      const next = rest.find((phase) => phase.sequence === sequence);
      if (next !== undefined) {
        phases.push(next);
        counting = next.counting;
        if (next.isRecheckDue) scratch.recheck(counting, { ...occasion(sequence), sequence });
      } else if (entry.kind === 'event') {
        const event = placed(entry.event, sequence);
        if (event.backfill) scratch.noteBackfill(event);
        scratch.fold(counting, event);
      } else if ((entry.kind === 'grant' || entry.kind === 'revoke') && sequence > recount.sequence && phases.at(-1)?.slugs.has(entry.slug))
        entry.kind === 'grant'
          ? scratch.grant(counting, sequence, byHand(entry.slug, sequence))
          : scratch.revoke(sequence, byHand(entry.slug, sequence));
    }
    return { phases, scratch };
  }

  #before(recount: Pending, merging: Catalogue): LivedBefore {
    const earlier = ({ sequence }: Row): boolean => sequence < recount.sequence;
    const inOrder = <T extends Row>(rows: readonly T[]): T[] => inLogOrder(rows.filter(earlier));
    const unlocks: LivedBefore['unlocks'] = new Map(
      inOrder(this.unlocks)
        .filter(({ revoked }) => !revoked)
        .reverse()
        .map((row) => [row.slug, { ...row, index: 0 }]),
    );
    const xp = new Map<string, { sequence: number; index: number; at: number; cause: string; total: number }[]>();
    for (const rule of merging.derivedRules) {
      if (rule.definition.criteria.type !== 'xp' || !recount.slugs.includes(rule.slug)) continue;
      // All that one cause paid counts together, as it does when it happens.
      const ends = inOrder(this.xp).filter((row, i, all) => all[i + 1]?.sequence !== row.sequence || all[i + 1]?.cause !== row.cause);
      const reached = rule.levels.flatMap(({ threshold }) => ends.find(({ totalAfter }) => totalAfter >= threshold) ?? []);
      xp.set(
        rule.slug,
        reached.map((row) => ({ ...row, index: 0, total: row.totalAfter })),
      );
    }
    return { unlocks, xp };
  }

  #write(sequence: number, effects: Effects, order = FIRST): void {
    for (const effect of effects.unlocks) {
      const { level, period, value, threshold, unlockedAt: at, causedBy: cause, backfilled } = effect;
      const { slug, version } = effect.definition;
      const key = `${slug}|${level ?? ''}|${period ?? ''}`;
      const existing = this.unlocks.find((row) => row.key === key);
      if (effect.restored && existing !== undefined) existing.revoked = false;
      else {
        expect(existing, `${key} is given once`).toBeUndefined();
        this.unlocks.push({ key, sequence, order, at, cause, slug, level, period, value, threshold, version, backfilled, revoked: false });
      }
    }
    for (const { slug, level, period } of effects.revocations) {
      const row = this.unlocks.find(({ key }) => key === `${slug}|${level ?? ''}|${period ?? ''}`);
      if (row === undefined) throw new Error('only what exists is taken back');
      row.revoked = true;
    }
    for (const { entryKey: key, amount, totalAfter, occurredAt: at, causedBy: cause, slug } of effects.xp) {
      expect(
        this.xp.some((row) => row.key === key),
        `${key} is paid once`,
      ).toBe(false);
      this.xp.push({ key, sequence, order, at, cause, slug, level: null, period: null, amount, totalAfter });
    }
  }
}

const placed = (event: EngineEvent, sequence: number): EngineEvent => ({ ...event, sequence, eventId: `e${String(sequence)}` });
const occasion = (sequence: number) => ({ at: SUNDAY + sequence, cause: `entry-${String(sequence)}` });
const byHand = (slug: string, sequence: number) => ({ slug, level: null, period: null, reason: 'a test', ...occasion(sequence) });

/** The whole log, each recount as late as `lags` say, some of them after a try that a crash undid. */
function evaluate(log: readonly Entry[], lags: readonly number[], crashes: readonly boolean[] = [false]): Evaluation {
  const evaluation = new Evaluation(log);
  let merges = 0;
  const merge = (): void => {
    const then = crashes[merges % crashes.length] === true && merges % 3 < 2 ? 'crash' : 'done';
    merges += 1;
    evaluation.merge(then);
  };
  while (evaluation.sequence < log.length) {
    evaluation.step();
    while (evaluation.pending[0] !== undefined && evaluation.sequence >= evaluation.pending[0].sequence + (lags[merges % lags.length] ?? 0))
      merge();
  }
  while (evaluation.pending.length > 0) merge();
  return evaluation;
}

const inLogOrder = <T extends Row>(rows: readonly T[]): T[] => [...rows].sort((a, b) => a.sequence - b.sequence || a.order - b.order);
const sortedBy = <T extends { key: string }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));

function outcomeOf(evaluation: Evaluation) {
  let total = 0;
  for (const row of inLogOrder(evaluation.xp)) expect([row.key, row.totalAfter]).toEqual([row.key, (total += row.amount)]);
  return {
    unlocks: sortedBy(evaluation.unlocks).map(({ order: _, ...row }) => row),
    // Of what one entry of the log brought about, the order may be another.
    xp: sortedBy(evaluation.xp).map(({ totalAfter: _, order: __, ...row }) => row),
    state: Buffer.from(encodeState(evaluation.state)).toString('hex'),
  };
}

const events: fc.Arbitrary<Entry> = fc
  .tuple(fc.constantFrom('build.done', 'build.done', 'deploy.done'), fc.nat(40), fc.integer({ min: 0, max: 5 }), fc.boolean())
  .map(([type, day, n, backfill]) => ({
    kind: 'event',
    event: { ...makeEvent({ type, at: SUNDAY + day * 86_400_000, properties: { n } }), backfill },
  }));
const choices: fc.Arbitrary<Entry> = fc
  .constantFrom(
    { type: 'subscription.changed', properties: { tier: 'pro' } },
    { type: 'subscription.canceled', properties: {} },
    { type: 'privacy.opted_out', properties: { category: 'health' } },
    { type: 'privacy.opted_in', properties: { category: 'health' } },
    { type: 'profile.updated', properties: { timezone: 'Asia/Tokyo' } },
  )
  .chain((parts) => fc.boolean().map((backfill) => ({ kind: 'event', event: { ...makeEvent({ ...parts, at: SUNDAY }), backfill } })));

/** Definitions of one pack, of which each publication takes some, in one form or another. */
const packs: fc.Arbitrary<Entry> = fc
  .record({
    count: fc.option(
      fc.record({
        threshold: fc.integer({ min: 1, max: 6 }),
        on_publish: onPublish(),
        more: fc.constantFrom({}, { tier_required: 'pro' }),
      }),
    ),
    each: fc.option(fc.record({ threshold: fc.integer({ min: 1, max: 3 }), on_publish: onPublish() })),
    every: fc.option(fc.record({ threshold: fc.integer({ min: 2, max: 5 }), on_publish: onPublish() })),
    levels: fc.option(fc.record({ threshold: fc.integer({ min: 1, max: 4 }), on_publish: onPublish() })),
    both: fc.option(fc.record({ threshold: fc.integer({ min: 1, max: 2 }), on_publish: onPublish() })),
    xp: fc.option(
      fc.record({
        threshold: fc.integer({ min: 5, max: 60 }),
        on_publish: onPublish(),
        more: fc.constantFrom({}, { tier_required: 'pro' }),
      }),
    ),
    rule: fc.option(
      fc.record({ amount: fc.constantFrom(1, 2, 'properties.n'), cap: fc.constantFrom({}, { cap: { per: 'week', amount: 3 } }) }),
    ),
  })
  .map(({ count, each, every, levels, both, xp, rule }) => ({
    kind: 'publish',
    pack: {
      achievements: [
        ...when(count, ({ threshold, on_publish, more }) => [
          'count',
          { type: 'count', event: 'build.done', threshold },
          { on_publish, xp_reward: 5, ...more },
        ]),
        ...when(each, ({ threshold, on_publish }) => [
          'each',
          { type: 'count', event: 'build.*', threshold, window: { calendar: 'week' } },
          { on_publish, xp_reward: 3, repeat: 'each_period', category: 'health' },
        ]),
        ...when(every, ({ threshold, on_publish }) => [
          'every',
          { type: 'sum', event: 'build.done', value: 'properties.n', threshold },
          { on_publish, xp_reward: 2, repeat: 'every_threshold' },
        ]),
        ...when(levels, ({ threshold, on_publish }) => [
          'levels',
          { type: 'distinct', event: '>', value: 'properties.n' },
          {
            on_publish,
            levels: [
              { name: 'a', threshold, xp_reward: 1 },
              { name: 'b', threshold: threshold + 2, xp_reward: 4 },
            ],
          },
        ]),
        ...when(both, ({ threshold, on_publish }) => [
          'both',
          { type: 'achievements', slugs: ['count', 'each', 'levels', 'other'], threshold },
          { on_publish, xp_reward: 7 },
        ]),
        ...when(xp, ({ threshold, on_publish, more }) => ['xp', { type: 'xp', threshold }, { on_publish, xp_reward: 2, ...more }]),
        ...when({ threshold: 3 }, ({ threshold }) => ['other', { type: 'count', event: 'deploy.done', threshold }, { xp_reward: 5 }]),
        ...when({ threshold: 20 }, ({ threshold }) => ['rich', { type: 'xp', threshold }, { xp_reward: 1 }]),
      ],
      xp_rules: rule === null ? [] : [{ id: 'r', event: 'deploy.done', amount: rule.amount, ...rule.cap }],
    },
  }));

function onPublish(): fc.Arbitrary<OnPublish> {
  return fc.constantFrom('recount', 'recount', 'recount', 'continue', 'restart');
}

function when<T>(value: T | null, make: (value: T) => [string, object, object]): Record<string, unknown>[] {
  if (value === null) return [];
  const [slug, criteria, more] = make(value);
  return [achievement(slug, { criteria, ...more })];
}

const given = ['count', 'each', 'every', 'levels', 'both', 'xp', 'other'];
/** Not those that a list holds: whether they were held when the list was completed is not known once they are taken back. */
const taken = ['every', 'both', 'xp', 'rich'];
const changes: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constant('grant' as const), slug: fc.constantFrom(...given) }),
  fc.record({ kind: fc.constant('revoke' as const), slug: fc.constantFrom(...taken) }),
  fc.constantFrom<Entry>({ kind: 'configure', tierOrder: ['free', 'pro'] }, { kind: 'configure', tierOrder: ['pro', 'free'] }),
);

const logs = fc.array(
  fc.oneof(
    { weight: 14, arbitrary: events },
    { weight: 2, arbitrary: choices },
    { weight: 2, arbitrary: packs },
    { weight: 2, arbitrary: changes },
  ),
  {
    maxLength: 50,
  },
);
const lateness = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 });

// proves: recount-beside-traffic
test('a recount beside live events gives what one gives that stands still, however late it is merged', () => {
  fc.assert(
    fc.property(logs, lateness, (log, lags) => {
      expect(outcomeOf(evaluate(log, lags))).toEqual(outcomeOf(evaluate(log, [0])));
    }),
    { numRuns: 600 },
  );
});

test('a recount gives the unlocks and the XP of a publication that came before everything', () => {
  const publication = packs.map((entry) => ({ ...entry, onPublish: 'recount' }) as Entry);
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), publication, fc.tuple(fc.nat(40), lateness), (all, published, [at, lags]) => {
      const before = evaluate([published, ...all], [0]);
      const after = evaluate([...all.slice(0, at), published, ...all.slice(at)], lags);
      expect(sortedBy(after.unlocks).map(({ key }) => key)).toEqual(sortedBy(before.unlocks).map(({ key }) => key));
      expect(after.state.xp).toBe(before.state.xp);
    }),
    { numRuns: 400 },
  );
});

// proves: new-version-takes-nothing
test('a recount that a crash made begin anew gives no more and no less', () => {
  fc.assert(
    fc.property(logs, lateness, fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }), (log, lags, crashes) => {
      expect(outcomeOf(evaluate(log, lags, crashes))).toEqual(outcomeOf(evaluate(log, [0])));
    }),
    { numRuns: 400 },
  );
});

test('a recount notes what counted in every period that a late event may still complete, for the evidence of that', () => {
  const weekMs = 7 * 86_400_000;
  const each = { type: 'count', event: 'build.done', threshold: 3, window: { calendar: 'week' } };
  const publication: Entry = {
    kind: 'publish',
    pack: { achievements: [achievement('each', { criteria: each, repeat: 'each_period' })] },
    onPublish: 'recount',
  };
  const inWeek = (week: number): Entry => ({ kind: 'event', event: makeEvent({ type: 'build.done', at: SUNDAY + week * weekMs }) });
  expect(evaluate([publication, inWeek(0), inWeek(2), inWeek(0)], [3]).matched).toEqual(['e2', 'e4', 'e3']);
});

test('what was taken back and is given again while a recount is under way counts for a list from there on', () => {
  const held = { xpReward: 0, value: 1, threshold: 1, revoked: false, retracted: false };
  const counted = (slug: string, event: string) => achievement(slug, { criteria: { type: 'count', event, threshold: 1 } });
  const list = achievement('list', { criteria: { type: 'achievements', slugs: ['back', 'late'] } });
  const pack = makePack({ achievements: [counted('back', 'build.done'), counted('late', 'deploy.done'), list] });
  const catalogue = Catalogue.empty().publish(
    pack,
    Catalogue.empty().planPublish(pack, () => 1),
    { sequence: 3, publishedAt: 0, keyOf: () => 1 },
  );
  const recount = { slugs: ['late', 'list'], xpRules: [] };
  const { counting, merging } = recountCatalogues(catalogue, recount, []);
  const state = emptyState();
  const back = new AchievementState(1);
  back.held.put('', NO_PERIOD, { ...held, turns: 2 });
  state.achievements.set('back', back);
  const scratch = new Scratch(3);
  scratch.fold(counting, placed(makeEvent({ type: 'deploy.done', at: SUNDAY }), 4));
  const { placed: found } = mergeInOrder(state, {
    ...{ userId: 'u1', ...recount, scratch, isDone: () => false },
    phases: [{ sequence: 3, ...occasion(3), catalogue: merging, isRecheckDue: false }],
    before: { unlocks: new Map(), xp: new Map() },
    since: { unlocks: [{ sequence: 6, index: 0, slug: 'back', level: null, period: null, at: SUNDAY, cause: 'e6' }], entries: [] },
  });
  const unlocked = found.flatMap(({ sequence, effects }) =>
    effects.unlocks.map(({ definition, causedBy }) => [definition.slug, sequence, causedBy]),
  );
  expect(unlocked).toEqual([
    ['late', 4, 'e4'],
    ['list', 6, 'e6'],
  ]);
});

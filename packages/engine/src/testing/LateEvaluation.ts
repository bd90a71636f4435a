import { expect } from 'vitest';
import { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import type { OnPublish } from '../packs/pack.js';
import { recheck } from '../recheck.js';
import { mergeInOrder } from '../recount/mergeInOrder.js';
import { affectedBy, type PendingRecount, type RecountCatalogues, recountCatalogues, withoutPending } from '../recount/pendingRecount.js';
import type { LivedBefore, RecountPhase } from '../recount/recountMerge.js';
import { Scratch } from '../recount/scratch.js';
import { isRecheckDueAt, workOfPublication } from '../recount/workOfPublication.js';
import { revoke } from '../revoke.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { emptyState, type UserState } from '../state/userState.js';
import { makePack } from './makeCatalogue.js';
import { SUNDAY } from './makeEvent.js';

/** An entry of the log of one user. */
export type Entry =
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
export class LateEvaluation {
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

export const placed = (event: EngineEvent, sequence: number): EngineEvent => ({ ...event, sequence, eventId: `e${String(sequence)}` });
export const occasion = (sequence: number) => ({ at: SUNDAY + sequence, cause: `entry-${String(sequence)}` });
const byHand = (slug: string, sequence: number) => ({ slug, level: null, period: null, reason: 'a test', ...occasion(sequence) });

export const inLogOrder = <T extends Row>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => a.sequence - b.sequence || a.order - b.order);
export const sortedBy = <T extends { key: string }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));

import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import type { LogPlace, RecountStep } from './recountStep.js';
import type { Scratch } from './scratch.js';

/** When something happened, and by what. */
export interface Moment extends LogPlace {
  at: number;
  cause: string;
}

/** What held from an entry of the log on, until the next: the publication is the first, what was published or set since follows. */
export interface RecountPhase {
  sequence: number;
  at: number;
  /** The id of the entry. */
  cause: string;
  /** What is recounted, and what is measured from it: nothing else. */
  catalogue: Catalogue;
  /** Whether what is met already unlocks by the entry. The publication itself asks for no more than the recount. */
  isRecheckDue: boolean;
}

/** What the store has of the user, and the live events brought about while the recount was under way. */
export interface LivedSince {
  /** Unlocks from the publication on, in log order; one that was taken back before and given again since stands where it was given again. */
  unlocks: readonly (LogPlace & { slug: string; level: string | null; period: string | null; at: number; cause: string })[];
  /** Ledger entries from the publication on, in log order. */
  entries: readonly (LogPlace & { entryId: string; amount: number; totalAfter: number; at: number; cause: string })[];
}

/** What the user had reached before the publication, of what only now counts. */
export interface LivedBefore {
  /** The first unlock of each slug, in log order. */
  unlocks: ReadonlyMap<string, Moment>;
  /** The first ledger entry that reached a threshold of an `xp` achievement, by slug, ascending. */
  xp: ReadonlyMap<string, readonly (Moment & { total: number })[]>;
}

export interface RecountMerge {
  userId: string;
  /** In log order; the first is that of the publication. */
  phases: readonly [RecountPhase, ...RecountPhase[]];
  slugs: readonly string[];
  xpRules: readonly string[];
  /** It is used up. null for a user without events that matter. */
  scratch: Scratch | null;
  /** What an earlier try has done that was cut short: a rule has paid for the event, a person's change had its turn, whatever came of it. */
  isDone(step: RecountStep): boolean;
  before: LivedBefore;
  since: LivedSince;
}

export interface PlacedEffects extends LogPlace {
  effects: Effects;
  /** Whether it comes behind what was brought about live at that place, or before all of it, as what the publication gives. */
  order: 'first' | 'behind';
}

export interface MergedRecount {
  placed: PlacedEffects[];
  /** The newest events that count for what may still unlock, by the `key` of their definition. */
  matches: { key: number; eventIds: readonly string[] }[];
  /** Entries of the ledger whose running total is another now that something was paid before them. */
  totals: { entryId: string; totalAfter: number }[];
}

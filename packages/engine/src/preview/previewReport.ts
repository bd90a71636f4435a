import type { PublishChange } from '../catalogue/planPublish.js';
import type { OnPublish, Scope } from '../packs/pack.js';
import type { Fresh } from './freshUnlocks.js';

/** What a draft would have done to the events that were folded. Instants and durations are milliseconds. */
export interface PreviewReport {
  pack: string;
  /** Only events that occurred since then were folded; null for all. */
  since: number | null;
  /** Events that were folded. */
  events: number;
  /** The instants of the first and the last of them; null without any. */
  from: number | null;
  until: number | null;
  /** Calendar days from the one to the other, both counted, in the tenant's zone. */
  days: number;
  users: SampledCount;
  /** Those with an event of a member; null where the draft has nothing for teams. */
  teams: SampledCount | null;
  /** In the order of slugs. */
  achievements: AchievementPreview[];
  xp: XpPreview;
  warnings: PreviewWarning[];
}

/** How many users or teams there are in the figures. */
export interface SampledCount {
  /** Those with an event; an estimate where they were sampled. */
  seen: number;
  /** Those that the figures come from. */
  sampled: number;
  /**
   * One in so many was taken: 1 for all. All numbers of holders, unlocks and XP were multiplied by it; shares, times and
   * `earliest` are those of the sample.
   */
  oneIn: number;
}

/** How many reach something, and how soon. */
export interface Reach {
  unlocks: number;
  /** Users, or teams, who would have it. */
  holders: number;
  /** Of those that were seen. */
  share: number;
  /** From the earliest event of a holder to the earliest unlock; null where nobody has one. */
  timeToUnlock: { medianMs: number; p90Ms: number } | null;
}

export interface AchievementPreview extends Reach {
  slug: string;
  name: string;
  scope: Scope;
  change: PublishChange['change'];
  /** What publishing does with the history; null where it stays as it is. */
  onPublish: OnPublish | null;
  /** What publishing would give beyond what is held, by `onPublish`; null where nothing was compared with that. */
  fresh: Fresh | null;
  /** On average over `days`. */
  unlocksADay: number;
  /** Bars that are not empty, by their first day (`2026-04-12`). */
  histogram: { daysPerBar: number; bars: { day: string; unlocks: number }[] };
  earliest: PreviewedUnlock[];
  /** Empty without levels. */
  levels: LevelPreview[];
}

/** An unlock that the draft would have given. One of the ids is null: `scope` says which. */
export interface PreviewedUnlock {
  userId: string | null;
  teamId: string | null;
  /** The `occurred_at` of the event that brought it. */
  at: number;
  level: string | null;
  period: string | null;
}

export interface LevelPreview extends Reach {
  level: string;
  threshold: number;
}

/** XP that the draft would have paid, for its achievements and by its rules. */
export interface XpPreview {
  total: number;
  /** Of all users that were seen; null without any. */
  perUser: { median: number; p90: number } | null;
  rules: { id: string; total: number }[];
}

export type PreviewWarningCode = 'nobody' | 'everybody_first_day' | 'more_than_daily' | 'bursts' | 'event_not_seen';

/** Something about the draft that its author may not have meant. */
export interface PreviewWarning {
  /** Stable; messages may be reworded. */
  code: PreviewWarningCode;
  /** The achievement; null where it is about a rule of XP. */
  slug: string | null;
  level: string | null;
  xpRule: string | null;
  /** What is the matter, and what to change. */
  message: string;
}

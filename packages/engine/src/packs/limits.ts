/** Achievements of one pack. */
export const ACHIEVEMENTS_MAX = 1_000;
export const XP_RULES_MAX = 1_000;
export const RANKS_MAX = 200;
export const LEVELS_MAX = 50;
export const STEPS_MAX = 200;
/** Types and patterns that one criterion listens to. */
export const EVENT_TYPES_MAX = 50;
/** Slugs that an `achievements` criterion lists. */
export const SLUGS_MAX = 1_000;
/** XP of one reward, rule or cap, either way. */
export const XP_AMOUNT_MAX = 1_000_000_000;
/** Missed periods that a streak may bridge. */
export const GRACE_MAX = 365;
/** Different values that a `distinct` criterion can ask for. */
export const DISTINCT_THRESHOLD_MAX = 100_000;
/** Any threshold, either way: sums stay exact far beyond it. */
export const THRESHOLD_MAX = 1e15;

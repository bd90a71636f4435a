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
/** The same over a rolling window, where each value takes more. */
export const ROLLING_DISTINCT_THRESHOLD_MAX = 10_000;
/** The most that `min` can ask for. */
export const MATCHES_MIN_MAX = 1_000_000;
/** Any threshold, either way: sums stay exact far beyond it. */
export const THRESHOLD_MAX = 1e15;
/** Cases that stand in one pack. */
export const TESTS_MAX = 1_000;
/** Steps of one `given` or `when`. */
export const TEST_STEPS_MAX = 1_000;
/** Events of one case, repetitions counted. */
export const TEST_EVENTS_MAX = 20_000;
/** Users, teams or achievements that one case looks at. */
export const TEST_SUBJECTS_MAX = 1_000;

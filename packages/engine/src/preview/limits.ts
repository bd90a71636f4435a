/**
 * Users, and teams, whose state a preview holds; beyond that it goes on with a sample of them. With thirty achievements of
 * which most count every event, a user takes about 12 KB.
 */
export const PREVIEW_USERS_MAX = 10_000;
/** Of the earliest unlocks, those that a report names. */
export const EARLIEST_MAX = 10;
/** Bars of a histogram: with more days than that, a bar stands for 2, 4, 8 … of them. */
export const HISTOGRAM_BARS_MAX = 100;
/** Event types that are remembered with what listens to them; when there are more, all are forgotten and found again. */
export const TYPES_REMEMBERED_MAX = 10_000;

/** A burst: events of one type that lie within this time … */
export const BURST_MS_MAX = 60_000;
/** … of which so many are looked at. */
export const BURST_EVENTS_MAX = 20;
/** Above this share of its unlocks, bursts are what an achievement rewards. */
export const BURST_SHARE_MAX = 0.5;

/** From this share of the users on, everybody is said to reach something. */
export const EVERYBODY_SHARE_MIN = 0.95;
/** What is reached so soon after a user's first event is reached on the first day. */
export const FIRST_DAY_MS = 86_400_000;
/** A type of which nothing came for so long is told. */
export const UNSEEN_MS = 30 * 86_400_000;

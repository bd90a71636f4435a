/** Bounds of the API. */

export const PAGE_ITEMS_MAX = 200;
export const PAGE_ITEMS_DEFAULT = 50;
export const CURSOR_CHARACTERS_MAX = 512;

/** A pack as it is sent in. */
export const PACK_BYTES_MAX = 1024 * 1024;
/** Aliases that a YAML document may resolve to: more than anybody writes, too few to blow up. */
export const YAML_ALIASES_MAX = 1000;
/** The body of a grant or a revocation. */
export const GRANT_BYTES_MAX = 16 * 1024;
export const REASON_CHARACTERS_MAX = 500;

/** Catalogues and achievement versions that are kept compiled. */
export const CATALOGUES_CACHED_MAX = 256;
export const VERSIONS_CACHED_MAX = 20_000;

/** The newest events of a user that an explanation replays. */
export const EXPLAIN_EVENTS_MAX = 10_000;
/** Entries of the log that one explanation reads at once. */
export const EXPLAIN_READS_IN_FLIGHT_MAX = 64;
/** Explanations at once in one process; each holds a user's history in memory. */
export const EXPLANATIONS_MAX = 4;
/** Explanations that wait for their turn; one more is refused. */
export const EXPLANATIONS_WAITING_MAX = 100;

/** How long an answer waits until what it published is in effect. */
export const IN_EFFECT_WAIT_MS_MAX = 30_000;
/** Pauses between looks at the positions of the partitions, while somebody waits for them. */
export const POSITIONS_PAUSE_MS_MIN = 5;
export const POSITIONS_PAUSE_MS_MAX = 100;
/** Publications that come in at the same time for one tenant: this often is the plan made anew. */
export const PUBLISH_ATTEMPTS_MAX = 5;
/** Headers and framing of a message, beside its payload. */
export const MESSAGE_OVERHEAD_BYTES = 4096;

/** Entries of the log that one step of the projection takes, and the users that it writes at once. */
export const PROJECTION_ENTRIES_MAX = 500;
export const PROJECTION_USERS_MAX = 500;
/** How long a step gathers entries, so that a user whose events keep coming is written once for many of them. */
export const PROJECTION_GATHER_MS = 1000;
/** After this, entries that were taken and not finished come again. */
export const PROJECTION_ACK_WAIT_MS = 120_000;
/** Pause after a step that failed. */
export const PROJECTION_RETRY_MS = 2000;

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
/** Of a tenant: every partition has them all in memory, in some 200 bytes each. */
export const USER_ALIASES_MAX = 100_000;
/** Of a user who ends in a merge: their rows are moved in one transaction, which takes 100,000 of a kind, with what the merge itself adds. */
export const USER_MERGE_UNLOCKS_MAX = 90_000;
/** Tenants that were merged into one: an erasure looks for its user in each of them. */
export const TENANTS_MERGED_MAX = 100;

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

/** Entries of the log, and dead letters, that are searched for an event that was never evaluated: the newest. */
export const SEARCH_LOG_ENTRIES_MAX = 10_000;
export const SEARCH_DEAD_LETTERS_MAX = 1000;
/** A search also ends after so many bytes, and after this time. */
export const SEARCH_BYTES_MAX = 64 * 1024 * 1024;
export const SEARCH_MS_MAX = 5000;
/** Messages that are on their way during a search. */
export const SEARCH_MESSAGES_AHEAD = 200;
/** How far the audit's clock can be from the time of what it notes. */
export const AUDIT_CLOCK_MS_MAX = 10 * 60 * 1000;

/** How long an answer waits until what it published is in effect. */
export const IN_EFFECT_WAIT_MS_MAX = 30_000;
/** Pauses between looks at the positions of the partitions, while somebody waits for them. */
export const POSITIONS_PAUSE_MS_MIN = 5;
export const POSITIONS_PAUSE_MS_MAX = 100;
/** Publications that come in at the same time for one tenant: this often is the plan made anew. */
export const PUBLISH_ATTEMPTS_MAX = 5;
/** Headers and framing of a message, beside its payload. */
export const MESSAGE_OVERHEAD_BYTES = 4096;

/** Entries of the log that a projection asks for at once, and users that it writes at once. */
export const PROJECTION_ENTRIES_MAX = 500;
export const PROJECTION_USERS_MAX = 100;
/** Events in entries after which a step gathers no more; with those of one last request it holds as many entries at most. */
export const PROJECTION_EVENTS_A_STEP = 3_000;
/** Entries that the projection of progress asks for at once: what comes in one go, others wait for. */
export const PROJECTION_ENTRIES_A_FETCH = 100;
/** Entries, and users, after which a projection lets others have their turn: it shares its process with what must be fast. */
export const PROJECTION_ENTRIES_A_TURN = 50;
export const PROJECTION_USERS_A_TURN = 5;
/**
 * Users whose progress is written at once where a step has gathered all there was, and how long it rests after each such write: for so
 * many times as long as that took. On two processors a second's progress in one go keeps events waiting for a tenth of a second.
 */
export const PROJECTION_USERS_A_WRITE = 40;
export const PROJECTION_REST_SHARE = 2;
export const PROJECTION_REST_MS_MAX = 100;
/** How long a step gathers entries, so that a user whose events keep coming is written once for many of them. */
export const PROJECTION_GATHER_MS = 1000;
/** After this, entries that were taken and not finished come again. */
export const PROJECTION_ACK_WAIT_MS = 120_000;
/** Pause after a step that failed. */
export const PROJECTION_RETRY_MS = 2000;

/** Entries of the log that the reading of a history has in memory ahead. */
export const HISTORY_ENTRIES_AHEAD_MAX = 200;
/** Events of a history that are looked up at once, so that duplicates are left out. */
export const HISTORY_LOOKUP_EVENTS = 1000;
/** A log that sends nothing for so long, though it holds more, is given up. */
export const HISTORY_STALL_MS_MAX = 30_000;

/** Messages in front of the NATS door that one look goes through, and how long it waits for them. */
export const DOOR_LOOK_MESSAGES_MAX = 5000;
export const DOOR_LOOK_MS_MAX = 2000;
/** Of those that wait there, so many are told apart from Cairn's own; behind them it is enough that some wait. */
export const DOOR_WAITING_NAMED_MAX = 1000;

/** Previews at once in one process, of different tenants: each holds the states of its users, and takes from what the rest computes with. */
export const PREVIEWS_MAX = 2;
/** Events that a preview folds before others have their turn. */
export const PREVIEW_EVENTS_A_TURN = 200;
/** States of users, or teams, that a preview reads at once to compare with. */
export const PREVIEW_STATES_AT_ONCE = 500;
/** Between two lines that tell how far a preview is. */
export const PREVIEW_PROGRESS_MS = 200;
/** How long who asks for another preview is told to wait. */
export const PREVIEW_RETRY_SECONDS = 5;
/** Entries that came in within so long before an event's time may hold it: the clocks of the doors and of the log differ. */
export const PREVIEW_CLOCKS_MS_MAX = 3_600_000;
/** What is read before `since`, to know which types of events are alive. */
export const PREVIEW_LOOK_BACK_MS = 30 * 86_400_000;

/** Dead letters that one call looks at in search of those that are meant, and bytes of theirs; a page ends there. */
export const LETTERS_SCANNED_MAX = 2_000;
export const LETTERS_SCANNED_BYTES_MAX = 32 * 1024 * 1024;
/** Letters that one call redrives or discards. */
export const LETTERS_AT_ONCE_MAX = 100;
/** The body of such a call. */
export const LETTERS_REQUEST_BYTES_MAX = 16 * 1024;
/** Of a letter, as much as a list shows. */
export const LETTER_HEAD_BYTES = 120;

/** Bounds of the doors. All that waits, is remembered or is tried again has one. */

/** Events between a door and their PubAck, over both doors of a process; what comes on top is refused with a 429. */
export const WAITING_EVENTS_MAX = 50_000;
/**
 * Events told long after they happened that one process has put into the log, or is about to, and that are not evaluated yet; more are
 * held back with a 429, so that a live event never has more of them before it.
 */
export const BACKFILL_EVENTS_AHEAD_MAX = 20_000;
/** How often the positions of the partitions are looked at while there are any. */
export const BACKFILL_LOOK_MS = 100;
/** When a message of the NATS door that was held back so comes again. */
export const BACKFILL_RETRY_MS = 2_000;
/** Bytes of HTTP bodies that are held at a time. */
export const BODY_BYTES_IN_FLIGHT_MAX = 128 * 1024 * 1024;

/** Identities that are remembered to answer duplicates without asking Postgres. */
export const RECENT_IDENTITIES_MAX = 65_536;
/** Events whose identities are looked up in one query. */
export const LOOKUP_EVENTS_MAX = 2_000;
/** Aliases of users, of all tenants, that a door knows: 200 bytes each at most. Events under others take a way that is longer. */
export const ALIASES_KNOWN_MAX = 100_000;
/** How often it is looked whether there are others. */
export const ALIASES_LOOK_MS = 2_000;
/** Tenants whose surrogate key is remembered. */
export const TENANT_KEYS_MAX = 10_000;

/** Of one entry of the log. */
export const LOG_BATCH_EVENTS_MAX = 500;
export const LOG_BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** How long an event waits for company at most, before it is looked up and before it is written: while other entries are on their way. */
export const GATHER_MS_MAX = 4;
/** Where there are no more than so many, a few more would not make fewer entries of them: they wait this long only. */
export const GATHER_FEW_EVENTS = 12;
export const GATHER_FEW_MS_MAX = 1;
export const PUBLISHES_IN_FLIGHT_MAX = 256;
/** One attempt to publish, and all attempts for one entry: within the two minutes in which JetStream knows a message id. */
export const PUBLISH_ATTEMPT_MS_MAX = 3_000;
export const PUBLISH_MS_MAX = 10_000;
export const PUBLISH_RETRY_MS_MIN = 50;
export const PUBLISH_RETRY_MS_MAX = 1_000;
/** How long after the last try a log that did not take an entry keeps the doors from being ready, where nothing else tells of it. */
export const LOG_REFUSAL_MS_MAX = 15_000;
/** What a refused caller is told to wait. */
export const RETRY_AFTER_SECONDS = 1;

/** Messages of the NATS door that are out and not acknowledged, over all replicas. */
export const DOOR_ACK_PENDING_MAX = 10_000;
/** Messages that one process has asked for and not finished. */
export const DOOR_MESSAGES_MAX = 2_000;
/** How long one request for messages is open; also how soon a subscription that the server forgot is noticed. */
export const DOOR_PULL_MS_MAX = 5_000;
/** Longer than all attempts for one entry, so that nothing is delivered twice while it is being written. */
export const DOOR_ACK_WAIT_MS = 30_000;
export const DOOR_RETRY_MS_MIN = 250;
export const DOOR_RETRY_MS_MAX = 30_000;

/** How long a stop waits for messages that the server has sent already. */
export const DOOR_DRAIN_MS_MAX = 2_000;

/** Of the header `Cairn-Error`. */
export const ERROR_TEXT_CHARACTERS_MAX = 1_000;
/** How long a stop waits for what is under way. */
export const STOP_MS_MAX = 15_000;

/** Bounds of the evaluator. Each queue, cache, batch and retry has one. */

/** Events of a micro-batch: one transaction. */
export const BATCH_EVENTS_MAX = 2_000;
/** Unlocks and XP entries of a micro-batch: what goes beyond is left to the next, if need be in the middle of an entry. */
export const BATCH_EFFECTS_MAX = 5_000;
/** Rows of a batch that is committed together with those of other partitions; larger ones gain nothing by it. */
export const COMMIT_SHARED_ROWS_MAX = 1_000;
/** Rows of batches that are committed together. */
export const COMMIT_ROWS_MAX = 4_000;
/** Entries that the log hands out ahead of the last acknowledged one. */
export const ENTRIES_AHEAD_MAX = 256;
/** What is committed is acknowledged to the log after this time, or once it is so many entries. */
export const ACK_INTERVAL_MS = 100;
export const ACK_ENTRIES_MAX = ENTRIES_AHEAD_MAX / 4;
/** What all partitions of a process have under way together: one batch that is folded, and two that are committed, which takes a tenth of the time. */
export const UNDER_WAY_BOUNDS = { eventsMax: 3 * BATCH_EVENTS_MAX, batchEventsMax: BATCH_EVENTS_MAX, holdMsMax: 250 } as const;
/** Users who are loaded, or events that are looked up, by a prepared statement: for more, to plan it is not what takes long. */
export const PREPARED_ROWS_MAX = 64;
/** What the users take in the heap whose state a partition keeps in memory: some 800 with eight achievements each. */
export const USERS_HEAP_BYTES_MAX = 4 * 2 ** 20;
/** Events of theirs that a partition remembers as the evidence of unlocks to come, once for each definition that counted them. */
export const MATCHES_REMEMBERED_MAX = 20_000;
/** Tenants whose catalogue a partition keeps in memory. */
export const TENANTS_CACHED_MAX = 1_000;
/** Tenants whose catalogue a partition loads before it takes up the log, so that nobody's first event waits for it. */
export const TENANTS_AHEAD_MAX = 8;
/** Identities of recent events that a partition keeps in memory, in each of two generations; those of the batch at hand come on top. */
export const IDENTITIES_CACHED_MAX = 8_192;
/**
 * Older ones of which it keeps in mind that they came, eight bytes each, in each of two generations: these alone are looked up. With those
 * of a batch on top it stays below 65,536, from where on they take twice as much.
 */
export const IDENTITIES_SUSPECT_MAX = 60_000;
/** Batches of which all identities are looked up: after a start, and at most after one was found taken. */
export const LOOKUP_BATCHES_MIN = 2;
export const LOOKUP_BATCHES_MAX = 64;
/** Times that one batch is tried again before it is taken apart, or the partition starts over from its position. */
export const BATCH_ATTEMPTS_MAX = 8;
/** Times that a control entry is tried before it goes to the dead letters. */
export const CONTROL_ATTEMPTS_MAX = 3;
/** How long an owner keeps a partition without renewing, and how often it renews: together what a hand-over takes at most, well within 10 s. */
export const LEASE_SECONDS = 6;
export const LEASE_RENEWAL_MS = 2_000;
/** How long a partition waits before it starts over, at first and at most. */
export const RESTART_DELAY_MS_MIN = 50;
export const RESTART_DELAY_MS_MAX = 2_000;
/** Outbox messages under way to the broker, and how long one may take. */
export const OUTBOX_IN_FLIGHT_MAX = 256;
export const OUTBOX_ATTEMPTS_MAX = 5;
export const OUTBOX_TIMEOUT_MS = 5_000;
/** Rows that were published are deleted together, after this time or once they are so many. */
export const OUTBOX_DELETE_INTERVAL_MS = 100;
export const OUTBOX_DELETE_ROWS_MAX = 500;
/** How long the live message of an unlock stays in the stream. */
export const REALTIME_TTL = '60s';
/** How long a stop goes on publishing; what is left stays in the table for the sweep of another evaluator. */
export const OUTBOX_STOP_GRACE_MS = 5_000;
/** Outbox messages that wait for their turn in memory: beyond the first no partition begins a batch, beyond the second the sweep brings them. */
export const OUTBOX_ROOM_MAX = 10_000;
export const OUTBOX_WAITING_MAX = 60_000;
/** Rows that a sweep reads at once, how old a row must be to count as left behind, and how often it is looked for. */
export const OUTBOX_SWEEP_ROWS_MAX = 500;
export const OUTBOX_LEFT_BEHIND_SECONDS = 10;
export const OUTBOX_SWEEP_INTERVAL_MS = 5_000;
/** Progress goes out at most once in this time for each (user, achievement). */
export const PROGRESS_INTERVAL_MS = 1_000;
/** (user, achievement) pairs whose progress waits to go out; the rest is taken up at their next change. */
export const PROGRESS_WAITING_MAX = 10_000;
/** Progress messages of one process in a second. */
export const PROGRESS_PER_SECOND_MAX = 2_000;
/** How often it is looked whether a tick of the log is due. */
export const TICKER_LOOK_MS = 1_000;
/** Users in memory who are looked at in one turn of the loop for what lapsed with a tick. */
export const LAPSED_USERS_A_TURN = 100;
/** Users of a slice whose history a recount folds at once, and events of theirs: where there are more, the slices get thinner. */
export const RECOUNT_USERS_MAX = 20_000;
export const RECOUNT_EVENTS_MAX = 1_000_000;
/** Users who are merged or looked at again between two live batches: one transaction. */
export const RECOUNT_USERS_PER_COMMIT = 500;
/** Ledger entries of XP rules that one user is paid in one transaction. */
export const RECOUNT_EARNINGS_PER_COMMIT = 20_000;
/** Events of the history that are checked against the dedup table at once. */
export const RECOUNT_LOOKUP_EVENTS = 1_000;
/** How near a recount reads up to the live position by itself: the rest is read while live events wait. In sequences of the log. */
export const RECOUNT_CATCH_UP_MAX = 200;
/** How long a recount that failed waits before it begins anew, at first and at most. */
export const RECOUNT_RETRY_MS_MIN = 50;
export const RECOUNT_RETRY_MS_MAX = 5_000;
/** What the teams take in the heap whose state their loop keeps in memory, and the members of whom it knows what they chose. */
export const TEAMS_HEAP_BYTES_MAX = 12 * 2 ** 20;
export const MEMBERS_HEAP_BYTES_MAX = 12 * 2 ** 20;
/** Events of a user of which a retraction asks at once whether they are originals. */
export const RETRACTION_LOOKUP_EVENTS = 1_000;
/** A disk that is busy lets a NATS server that is well answer late; one that is gone is noticed by the connection. */
export const ANSWER_MS_MAX = 30_000;
/** How often an evaluator looks whether somebody is to be erased, and how long it waits where that could not go on. */
export const ERASURE_LOOK_MS = 1_000;
export const ERASURE_RETRY_MS = 5_000;
/** Messages that an erasure reads ahead, and after how many it notes how far it is. */
export const ERASURE_MESSAGES_AHEAD = 500;
export const ERASURE_NOTED_MESSAGES = 2_000;
/** Events of a user that are erased from the database in one transaction. */
export const ERASED_EVENTS_PER_COMMIT = 5_000;
/** Events of which the loop of the teams asks at once whether they are originals. */
export const TEAMS_LOOKUP_EVENTS = 1_000;
/** How often an evaluator looks whether the history of a merged tenant is to be brought along, and how long it waits where that failed. */
export const TENANT_COPY_LOOK_MS = 1_000;
export const TENANT_COPY_RETRY_MS = 5_000;
/** Events of such a history that are on their way at a time: a live event never has more of them before it. */
export const TENANT_COPY_EVENTS_AHEAD = 1_000;
/** Users of whom is known that they chose something anew while a history comes along: older words of it are left out. */
export const TENANT_COPY_LATER_USERS_MAX = 100_000;
/** Events of such a history that the log no longer holds of which is looked at whether they came along before: the newest. */
export const TENANT_COPY_UNREAD_LOOKED_AT = 100;
/** Unlocks that the history does not give and that are given one by one, on their way at a time: every partition stops for each. */
export const TENANT_COPY_UNLOCKS_AHEAD = 50;
/** Of an entry that they come in: events, and the properties of all but the last. */
export const TENANT_COPY_ENTRY_EVENTS_MAX = 250;
export const TENANT_COPY_ENTRY_BYTES_MAX = 256 * 1024;
/** How long the loop of the teams waits before it looks again how far the partitions are, at first and at most. */
export const TEAMS_GATE_PAUSE_MS_MIN = 2;
export const TEAMS_GATE_PAUSE_MS_MAX = 250;
/** Teams that a recount holds in memory: where there are more, it reads the history again for each slice of them. */
export const RECOUNT_TEAMS_MAX = 2_000;
/** Teams and members that go into one transaction of a recount, and teams that are looked at together after a publication. */
export const RECOUNT_TEAMS_PER_COMMIT = 500;
/** How long a replay owns the partitions of its generation: nobody else may take them while it runs, and a lock says that it does. */
export const REPLAY_LEASE_SECONDS = 30 * 24 * 60 * 60;
/** How often a replay looks how far the live generation has come. */
export const REPLAY_LOOK_MS = 200;
/** Entries that all partitions of a replay together may be behind for the live ones to wait for it: these, or what it did since the last look. */
export const REPLAY_NEAR_ENTRIES = 64;
/** For how long the live ones wait at most, and for how long they are left alone where that was not enough. */
export const REPLAY_HOLD_MS_MAX = 2_000;
export const REPLAY_HOLD_AGAIN_MS = 10_000;
/** How long a replay that is held up waits between two looks. */
export const REPLAY_HOLD_LOOK_MS = 10;
/** How long a replay may stand still before it gives up. */
export const REPLAY_STALLED_MS = 120_000;
/** Rows of each table that are shown where the generations differ. */
export const REPLAY_DIFFERENCES_MAX = 50;

/** Bounds of the client. Each has a name; those with a twin on the server are held against it by a test. */

/** Events in one request: what the server takes at most. */
export const EVENTS_PER_REQUEST_MAX = 1000;
/** Bytes of one request's body: well below what the server takes, so that a retry is cheap. */
export const REQUEST_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes of one answer: a page of the largest items is far below it. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** From the request to the end of the answer. Publishing and granting may take half a minute until they are in effect. */
export const REQUEST_MS_MAX = 60_000;
/** Items of one page of a list: what the server gives at most. */
export const PAGE_ITEMS = 200;
/** A server that asks for a longer rest than this is taken at its word: the call fails instead of hanging. */
export const RETRY_AFTER_MS_MAX = 60_000;
/** How long one request waits where the server holds old events back, and does not say for how long. */
export const HELD_BACK_MS = 1_000;
/** Then the evaluation stands still: for so long in all, one request is held back at most. */
export const HELD_BACK_MS_MAX = 10 * 60_000;
/** Characters of one message of the live stream. */
export const STREAM_MESSAGE_CHARACTERS_MAX = 1024 * 1024;
/** Between two looks at the status, first and at most. */
export const STATUS_POLL_MS_MIN = 20;
export const STATUS_POLL_MS_MAX = 500;
/** An evaluation that makes no headway for so long is reported instead of waited for. */
export const EVALUATION_STALL_MS_MAX = 120_000;

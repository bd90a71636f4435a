/** Bounds of a rehearsal: whichever it comes to first ends it. */

/** By then what an event runs through is compiled, nearly all of it. */
export const REHEARSAL_EVENTS_MAX = 10_000;
export const REHEARSAL_MS_MAX = 3_000;
/** All of it, with what it opens and closes: beyond that a server does not answer, and the doors open without it. */
export const REHEARSAL_WHOLE_MS_MAX = 8_000;
/** Requests under way: as many events as share a commit where a thousand come in a second. */
export const REHEARSAL_REQUESTS_MAX = 8;
/** Who sends them. */
export const REHEARSAL_USERS = 500;

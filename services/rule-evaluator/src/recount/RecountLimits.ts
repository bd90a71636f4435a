import {
  RECOUNT_CATCH_UP_MAX,
  RECOUNT_EARNINGS_PER_COMMIT,
  RECOUNT_EVENTS_MAX,
  RECOUNT_LOOKUP_EVENTS,
  RECOUNT_USERS_MAX,
  RECOUNT_USERS_PER_COMMIT,
} from '../limits.js';

/** The bounds of a recount. Tests have smaller ones. */
export interface RecountLimits {
  usersMax: number;
  eventsMax: number;
  usersPerCommit: number;
  earningsPerCommit: number;
  lookupEvents: number;
  catchUpMax: number;
}

export const RECOUNT_LIMITS: RecountLimits = {
  usersMax: RECOUNT_USERS_MAX,
  eventsMax: RECOUNT_EVENTS_MAX,
  usersPerCommit: RECOUNT_USERS_PER_COMMIT,
  earningsPerCommit: RECOUNT_EARNINGS_PER_COMMIT,
  lookupEvents: RECOUNT_LOOKUP_EVENTS,
  catchUpMax: RECOUNT_CATCH_UP_MAX,
};

/** Forms of the names in a pack, and what to say to who wrote another. */
export const SLUG = {
  pattern: /^[a-z0-9][a-z0-9_-]{0,62}$/,
  says: 'has to be up to 63 of a-z, 0-9, _ and -, beginning with a letter or digit',
};

export const LABEL = {
  pattern: /^[^\p{Cc}\p{Cs}]{1,64}$/u,
  says: 'has to be 1 to 64 characters on one line',
};

/** The type of an event as it is sent. */
export const EVENT_TYPE = {
  pattern: /^(?=.{1,255}$)[a-z0-9_]+(?:\.[a-z0-9_]+){1,5}$/,
  says: 'is no event type: write 2 to 6 lower-case tokens joined by dots, such as build.succeeded',
};

/** Tokens of a type or a pattern. */
export const EVENT_TOKENS_MAX = 6;
/** A type, or a pattern: `*` for any one token, `>` at the end for all that follow. */
export const EVENT_PATTERN = /^(?:\*|[a-z0-9_]+)(?:\.(?:\*|[a-z0-9_]+))*(?:\.>)?$|^>$/;

export const USER_ID = { pattern: /^[^\p{Cc}]{1,128}$/u, says: 'has to be 1 to 128 characters without control characters' };

/** A length of time between the events of a case. */
export const PAUSE = { pattern: /^\d{1,5}[smhdw]$/, says: 'is no length of time: write it like 30m, 12h, 1d or 2w' };

/** A span of a window or a sequence. */
export const SPAN = { pattern: /^[1-9]\d{0,4}[hdw]$/ };

import { HEADER } from './headers.js';
import { isJsonObject } from './isJsonObject.js';

/** A try that ended in the dead letters and was followed by another. */
export interface FailedTry {
  /** The letter that it ended as. */
  letter: number;
  /** When: epoch milliseconds. */
  at: number;
  code: string;
  error: string;
  /** Who tried again: the name of a token. */
  redrivenBy: string;
}

/** What came before: of a dead letter, and of the message that a redrive makes of it. */
export interface Tries {
  /** How often it was redriven. */
  count: number;
  /** The newest of them, oldest first: at most `TRIES_KEPT_MAX`. */
  kept: readonly FailedTry[];
}

export const TRIES_KEPT_MAX = 10;
export const LETTER_ERROR_CHARACTERS_MAX = 200;
/** Whoever can publish can send these headers: what is larger was not written here. */
const HISTORY_CHARACTERS_MAX = 16 * 1024;
const COUNT_MAX = 1_000_000;

/** Reads the headers of a letter or a message. What is not as it was written counts as none. */
export function readTries(header: (name: string) => string | undefined): Tries {
  const count = Number(header(HEADER.redrives) ?? '0');
  if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX) return { count: 0, kept: [] };
  return { count, kept: readHistory(header(HEADER.redriveHistory) ?? '').slice(-TRIES_KEPT_MAX) };
}

/** The headers that say so; none for what was never redriven. */
export function triesHeaders({ count, kept }: Tries): Record<string, string> {
  if (count === 0) return {};
  return {
    [HEADER.redrives]: String(count),
    ...(kept.length === 0 ? {} : { [HEADER.redriveHistory]: asciiJson(kept.slice(-TRIES_KEPT_MAX).map(bounded)) }),
  };
}

function bounded(each: FailedTry): FailedTry {
  return { ...each, error: each.error.slice(0, LETTER_ERROR_CHARACTERS_MAX) };
}

function readHistory(text: string): FailedTry[] {
  if (text.length > HISTORY_CHARACTERS_MAX) return [];
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    // Somebody else's header of the same name, or none.
    return [];
  }
  return Array.isArray(entries) ? entries.flatMap(asFailedTry) : [];
}

function asFailedTry(entry: unknown): FailedTry[] {
  if (!isJsonObject(entry)) return [];
  const { letter, at, code, error, redrivenBy } = entry;
  const isTry = isSafe(letter) && isSafe(at) && typeof code === 'string' && typeof error === 'string' && typeof redrivenBy === 'string';
  return isTry ? [{ letter, at, code, error, redrivenBy }] : [];
}

function isSafe(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** In printable ASCII, so that it can stand in a header. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\u0020-\u007e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

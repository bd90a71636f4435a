import { meantSpan, parseSpan } from '../windows/span.js';
import { CALENDAR_UNITS } from './choices.js';
import { Fields } from './fields.js';
import type { CalendarWindow, Window } from './pack.js';

/** `window` of criteria that have all kinds. */
export function readWindow(fields: Fields): Window {
  const window = openWindow(fields);
  if (window === null) return null;
  if (!window.has('rolling')) return readCalendar(window);
  if (window.has('calendar')) window.note('calendar', 'invalid_field', 'goes without rolling: a window is one or the other');
  const rolling = readSpan(window, 'rolling');
  window.finish();
  return { rolling };
}

/** `window` of criteria of which no moving part can be measured. */
export function readCalendarWindow(fields: Fields, type: string): CalendarWindow | null {
  const window = openWindow(fields);
  if (window === null) return null;
  if (!window.has('rolling')) return readCalendar(window);
  window.note('rolling', 'invalid_field', `goes with count, sum, distinct and checklist; for ${type} use { calendar: month } or the like`);
  return null;
}

/** Notes a `window` where there can be none. */
export function noWindow(fields: Fields, type: string): null {
  if (fields.has('window') && fields.raw('window') !== 'lifetime')
    fields.note('window', 'invalid_field', `${type} has no window: leave it out`);
  return null;
}

/** A length of time such as `30d`, as it was written. */
export function readSpan(fields: Fields, key: string): string {
  const given = fields.raw(key);
  if (typeof given === 'string' && parseSpan(given) !== null) return given;
  const meant = typeof given === 'string' ? meantSpan(given) : null;
  const instead = meant === null ? '' : `: write ${meant}`;
  fields.note(
    key,
    'invalid_span',
    `${JSON.stringify(given ?? null)} is no length of time: hours, days or weeks such as 12h, 30d or 4w, from 1h to 366d${instead}`,
  );
  return '1d';
}

function openWindow(fields: Fields): Fields | null {
  const given = fields.raw('window');
  if (given === undefined || given === null || given === 'lifetime') return null;
  return new Fields(given, fields.at('window'), fields.issues);
}

function readCalendar(window: Fields): CalendarWindow {
  const calendar = window.choice('calendar', { of: CALENDAR_UNITS });
  // So that a misspelt name is told what there is.
  window.raw('rolling');
  window.finish();
  return { calendar };
}

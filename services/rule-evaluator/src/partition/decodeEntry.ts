import {
  type CairnEvent,
  type ControlEntry,
  decodeControlEntry,
  decodeEventBatch,
  decodeTick,
  isCairnError,
  isControlSubject,
  TICK_SUBJECT,
} from '@cairn/contracts';
import type { RawEntry } from '../log/EvaluationLog.js';
import { NewerEntry } from './NewerEntry.js';

/** An entry of the log, decoded once. */
export type Entry = { raw: RawEntry; sequence: number } & (
  | {
      kind: 'events';
      tenantId: string;
      events: readonly CairnEvent[];
      /** The place of the first of `events` in the entry: above 0 for what is left of one that was cut. */
      firstIndex: number;
      /** Whether the entry ends with these events: only then may the position move past it. */
      isEnd: boolean;
    }
  | { kind: 'control'; control: ControlEntry }
  /** Time went by: nobody's state changes, and it takes its place among events. */
  | { kind: 'tick'; at: number }
  | { kind: 'undecodable'; message: string }
  /** Whoever comes upon it stops there: to step over it would lose what it says. */
  | { kind: 'newer'; error: NewerEntry }
);

/** Never throws: what cannot be read is an entry too, and goes to the dead letters. */
export function decodeEntry(raw: RawEntry): Entry {
  const base = { raw, sequence: raw.sequence };
  try {
    if (raw.subject === TICK_SUBJECT) return { ...base, kind: 'tick', at: decodeTick(raw.data) };
    if (isControlSubject(raw.subject)) return { ...base, kind: 'control', control: decodeControlEntry(raw.data) };
    const { tenantId, events } = decodeEventBatch(raw.data);
    return { ...base, kind: 'events', tenantId, events, firstIndex: 0, isEnd: true };
  } catch (error) {
    if (isCairnError(error) && error.code === 'newer_entry') return { ...base, kind: 'newer', error: new NewerEntry(raw, error) };
    // Whatever was thrown, the same bytes would make it throw again, and the log must go on.
    return { ...base, kind: 'undecodable', message: error instanceof Error ? error.message : String(error) };
  }
}

/** An entry without events still takes its place in a batch. */
export function weightOf(entry: Entry): number {
  return entry.kind === 'events' ? entry.events.length : 1;
}

/** The first `count` events of an entry, and what is left of it. */
export function cutEntry<E extends Entry & { kind: 'events' }>(entry: E, count: number): { head: E; rest: E } {
  return {
    head: { ...entry, events: entry.events.slice(0, count), isEnd: false },
    rest: { ...entry, events: entry.events.slice(count), firstIndex: entry.firstIndex + count },
  };
}

/** The entries in pieces of one event each. */
export function singly(entries: readonly Entry[]): Entry[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== 'events' || entry.events.length < 2) return [entry];
    const last = entry.events.length - 1;
    return entry.events.map((event, i) => ({
      ...entry,
      events: [event],
      firstIndex: entry.firstIndex + i,
      isEnd: entry.isEnd && i === last,
    }));
  });
}

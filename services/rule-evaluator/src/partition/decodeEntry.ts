import { type CairnEvent, type ControlEntry, decodeControlEntry, decodeEventBatch, isCairnError, isControlSubject } from '@cairn/contracts';
import type { RawEntry } from '../log/EvaluationLog.js';

/** An entry of the log, decoded once. */
export type Entry = { raw: RawEntry; sequence: number } & (
  | { kind: 'events'; tenantId: string; events: CairnEvent[] }
  | { kind: 'control'; control: ControlEntry }
  | { kind: 'undecodable'; message: string }
);

/** Never throws: what cannot be read is an entry too, and goes to the dead letters. */
export function decodeEntry(raw: RawEntry): Entry {
  const base = { raw, sequence: raw.sequence };
  try {
    if (isControlSubject(raw.subject)) return { ...base, kind: 'control', control: decodeControlEntry(raw.data) };
    const { tenantId, events } = decodeEventBatch(raw.data);
    return { ...base, kind: 'events', tenantId, events };
  } catch (error) {
    if (!isCairnError(error)) throw error;
    return { ...base, kind: 'undecodable', message: error.message };
  }
}

/** An entry without events still takes its place in a batch. */
export function weightOf(entry: Entry): number {
  return entry.kind === 'events' ? entry.events.length : 1;
}

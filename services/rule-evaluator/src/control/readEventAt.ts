import type { EngineEvent } from '@cairn/engine';
import type { EvaluationLog, HistoryOf } from '../log/EvaluationLog.js';
import type { Place } from '../partition/BatchBuilder.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';

/** The event at a place in the log; null where the log no longer holds it. */
export async function readEventAt(
  { sequence, index }: Place,
  of: { log: EvaluationLog; tenantId: string; partition: HistoryOf['partition']; signal: AbortSignal },
): Promise<EngineEvent | null> {
  const { log, ...where } = of;
  for await (const raw of log.history({ ...where, after: sequence - 1, before: sequence + 1 })) {
    const entry = decodeEntry(raw);
    const event = entry.kind === 'events' && entry.sequence === sequence ? entry.events[index - entry.firstIndex] : undefined;
    if (event !== undefined) return toEngineEvent(event, { sequence, index });
  }
  return null;
}

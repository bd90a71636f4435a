import { formatInstant } from '@cairn/contracts';
import { ERASURE_STEPS, type Erasure } from '@cairn/store';
import { z } from '@hono/zod-openapi';

export const erasureSchema = z
  .object({
    erasure_id: z.string(),
    status: z.enum(['pending', 'done']),
    step: z.enum(ERASURE_STEPS).openapi({ description: 'What is done at the moment; in this order.' }),
    waits_for: z.string().nullable().openapi({ description: 'What it waits for, where it does.' }),
    progress: z.number().openapi({ description: 'Of the step at hand: 0 to 1.' }),
    entries: z.int().openapi({ description: 'Entries of the log of which a part was erased.' }),
    messages: z.int().openapi({ description: 'Messages of EVENTS that were erased.' }),
    dead_letters: z.int().openapi({ description: 'Dead letters that were erased.' }),
    requested_at: z.string(),
    requested_by: z.string(),
    reason: z.string(),
    finished_at: z.string().nullable(),
  })
  .openapi('Erasure');

/** It does not say who: once it is done, nothing does. */
export function erasureView(erasure: Erasure): z.infer<typeof erasureSchema> {
  const { erasureId, step, waitsFor, entries, messages, letters, actor, reason, requestedAt, finishedAt } = erasure;
  return {
    erasure_id: erasureId,
    status: step === 'done' ? 'done' : 'pending',
    step,
    waits_for: waitsFor,
    progress: progressOf(erasure),
    entries,
    messages,
    dead_letters: letters,
    requested_at: formatInstant(requestedAt),
    requested_by: actor,
    reason,
    finished_at: finishedAt === null ? null : formatInstant(finishedAt),
  };
}

function progressOf({ step, scannedSeq, untilSeq }: Erasure): number {
  if (step === 'done') return 1;
  return untilSeq === 0 ? 0 : scannedSeq / untilSeq;
}

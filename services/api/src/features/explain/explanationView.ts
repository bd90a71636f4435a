import { formatInstant } from '@cairn/contracts';
import type { Explanation } from '@cairn/engine';
import { z } from '@hono/zod-openapi';
import type { UserHistory } from '../../log/HistoryReader.js';
import { type UnlockView, unlockSchema } from '../unlocks/unlockSchema.js';

export const explanationSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    version: z.int(),
    version_sequence: z.int().openapi({ description: 'The place in the log from which on this version is in effect.' }),
    status: z.enum(['locked', 'progressing', 'unlocked']),
    value: z.number(),
    threshold: z.number(),
    missing: z.number().openapi({ description: 'How much more the next threshold needs; 0 where all are reached.' }),
    level: z.string().nullable(),
    period: z.string().nullable(),
    blocked_by: z
      .enum(['below_tier', 'opted_out', 'not_opted_in'])
      .nullable()
      .openapi({ description: 'What keeps it from unlocking whatever the value.' }),
    summary: z.string().openapi({ description: 'In words, for the person that it is about.' }),
    counted: z
      .array(
        z.object({
          event_id: z.string(),
          occurred_at: z.iso.datetime(),
          contribution: z.union([z.string(), z.number(), z.boolean()]).nullable().openapi({ description: 'Its value, step or period.' }),
        }),
      )
      .openapi({ description: 'The newest events that counted, at most 100.' }),
    counted_total: z.int(),
    crossed: z
      .array(
        z.object({
          threshold: z.number(),
          value: z.number(),
          level: z.string().nullable(),
          period: z.string().nullable(),
          at: z.iso.datetime(),
          event_id: z.string(),
        }),
      )
      .openapi({ description: 'Thresholds that were reached, in order, and by which event.' }),
    not_counted: z
      .array(z.object({ event_id: z.string(), occurred_at: z.iso.datetime(), reason: z.string(), detail: z.string() }))
      .openapi({ description: 'The newest events that did not count and why, at most 100; those of other types only in the totals.' }),
    not_counted_totals: z.record(z.string(), z.int()),
    missing_slugs: z.array(z.string()).openapi({ description: 'For an achievement that asks for others: those not held.' }),
    unlocks: z.array(unlockSchema).openapi({ description: 'The unlocks of this achievement that exist, revoked ones too; newest first.' }),
    history: z
      .object({
        events: z.int().openapi({ description: 'Events that were replayed.' }),
        truncated: z.boolean().openapi({ description: 'The user has more events than are replayed: the oldest were left out.' }),
        missing: z.int().openapi({ description: 'Events that the log no longer holds.' }),
      })
      .openapi({ description: 'What the lists above were made from. Value and status are those of the live state.' }),
  })
  .openapi('Explanation');

export function explanationView(
  explained: Explanation,
  from: { unlocks: UnlockView[]; history: UserHistory },
): z.infer<typeof explanationSchema> {
  return {
    slug: explained.slug,
    name: explained.name,
    version: explained.version,
    version_sequence: explained.versionSequence,
    status: explained.status,
    value: explained.value,
    threshold: explained.threshold,
    missing: explained.missing,
    level: explained.level,
    period: explained.period,
    blocked_by: explained.blockedBy,
    summary: explained.summary,
    counted: explained.counted.map((event) => ({
      event_id: event.eventId,
      occurred_at: formatInstant(event.occurredAt),
      contribution: event.contribution,
    })),
    counted_total: explained.countedTotal,
    crossed: explained.crossed.map(({ at, eventId, ...crossed }) => ({ ...crossed, at: formatInstant(at), event_id: eventId })),
    not_counted: explained.notCounted.map((event) => ({
      event_id: event.eventId,
      occurred_at: formatInstant(event.occurredAt),
      reason: event.reason,
      detail: event.detail,
    })),
    not_counted_totals: { ...explained.notCountedTotals },
    missing_slugs: explained.missingSlugs,
    unlocks: from.unlocks,
    history: { events: from.history.events.length, truncated: from.history.isTruncated, missing: from.history.missing },
  };
}

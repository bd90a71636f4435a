import { formatInstant } from '@cairn/contracts';
import type { CrossedThreshold, EventOutcome } from '@cairn/engine';
import { z } from '@hono/zod-openapi';
import { unlockSchema } from '../unlocks/unlockSchema.js';
import type { Elsewhere } from './EventSearch.js';
import type { Explained } from './Explainer.js';

const blockedBySchema = z
  .enum(['opted_out', 'not_opted_in', 'below_tier', 'revoked'])
  .nullable()
  .openapi({ description: 'What keeps it from unlocking whatever the value.' });

const contributionSchema = z
  .union([z.string(), z.number(), z.boolean()])
  .nullable()
  .openapi({ description: 'Its value, steps, period, or whether it was a success; null where it just counts.' });

const byHandSchema = z.object({ by: z.string().nullable(), reason: z.string() });

const crossedSchema = z
  .object({
    threshold: z.number(),
    value: z.number(),
    level: z.string().nullable(),
    period: z.string().nullable(),
    at: z.iso.datetime(),
    event_id: z.string().nullable().openapi({ description: 'The event that made it true; null where it was granted by hand.' }),
    version: z.int().openapi({ description: 'The version of the definition that was in effect.' }),
    backfilled: z.boolean(),
    evidence: z.array(z.string()).openapi({ description: 'Ids of the newest events that counted for it, at most 20.' }),
    granted: byHandSchema.nullable().openapi({ description: 'Who granted it by hand, and why.' }),
    revoked: byHandSchema.extend({ at: z.iso.datetime() }).nullable().openapi({ description: 'Who revoked it, when and why.' }),
  })
  .openapi('CrossedThreshold');

const eventSchema = z
  .object({
    event_id: z.string(),
    type: z.string().nullable(),
    occurred_at: z.iso.datetime().nullable(),
    counted: z.boolean(),
    reason: z.string().nullable().openapi({ description: 'The first reason that it did not count; null where it did.' }),
    detail: z.string().openapi({ description: 'In words.' }),
    contribution: contributionSchema,
    period: z.string().nullable().openapi({ description: 'The calendar period that it counted in.' }),
    value: z
      .object({ before: z.number(), after: z.number() })
      .nullable()
      .openapi({ description: 'The value before and after it; null where that is not known.' }),
    blocked_by: blockedBySchema,
    crossed: z.array(crossedSchema).openapi({ description: 'What it unlocked.' }),
    original: z
      .object({ event_id: z.string(), sequence: z.int() })
      .nullable()
      .openapi({ description: 'The event that it is a duplicate of, or in conflict with.' }),
    sequence: z.int().nullable().openapi({ description: 'Its place in the log, where that was looked up.' }),
  })
  .openapi('EventOutcome');

export const explanationSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    version: z.int(),
    version_sequence: z.int().openapi({ description: 'The place in the log from which on this version is in effect.' }),
    status: z.enum(['locked', 'progressing', 'unlocked']),
    recounting: z
      .literal(true)
      .optional()
      .openapi({ description: 'This version is still being evaluated over the history: what is told is not its last word.' }),
    value: z.number(),
    threshold: z.number(),
    missing: z.number().openapi({ description: 'How much more the next threshold needs; 0 where all are reached.' }),
    needs: z.string().openapi({ description: 'What would do, in words; empty where nothing is missing.' }),
    level: z.string().nullable(),
    period: z.string().nullable(),
    blocked_by: blockedBySchema,
    summary: z.string().openapi({ description: 'A sentence or two.' }),
    counted: z
      .array(z.object({ event_id: z.string(), occurred_at: z.iso.datetime(), contribution: contributionSchema }))
      .openapi({ description: 'The newest events that counted, at most 100.' }),
    counted_total: z.int(),
    crossed: z
      .array(crossedSchema)
      .openapi({ description: 'Thresholds that were reached or granted, in order, by which event and version.' }),
    not_counted: z
      .array(z.object({ event_id: z.string(), occurred_at: z.iso.datetime(), reason: z.string(), detail: z.string() }))
      .openapi({ description: 'The newest events that did not count and why, at most 100; those of other types only in the totals.' }),
    not_counted_totals: z.record(z.string(), z.int()),
    missing_slugs: z.array(z.string()).openapi({ description: 'For an achievement that asks for others: those not held.' }),
    missing_steps: z.array(z.string()).openapi({ description: 'For a checklist or a sequence: the steps still to be done.' }),
    event: eventSchema.optional().openapi({ description: 'What became of the event that was asked for; only where one was.' }),
    unlocks: z.array(unlockSchema).openapi({ description: 'The unlocks of this achievement that exist, revoked ones too; newest first.' }),
    history: z
      .object({
        events: z.int().openapi({ description: 'Events that were replayed.' }),
        truncated: z.boolean().openapi({ description: 'The user has more events than are replayed: the oldest were left out.' }),
        missing: z.int().openapi({ description: 'Events that the log no longer holds.' }),
        assumed: z.array(z.enum(['zone', 'plan', 'consent'])).openapi({
          description:
            'What is not known of the time before these events, and is taken as for who chose nothing; empty where all is known.',
        }),
      })
      .openapi({ description: 'What the lists above were made from. Value, status and what was reached are those of the live state.' }),
  })
  .openapi('Explanation');

export function explanationView({ explanation, isRecounting, unlocks, history, event }: Explained): z.infer<typeof explanationSchema> {
  const { slug, name, version, status, value, threshold, missing, needs, level, period, summary } = explanation;
  return {
    ...{ slug, name, version, version_sequence: explanation.versionSequence, status, value, threshold, missing, needs, level, period },
    ...(isRecounting ? { recounting: true as const } : {}),
    blocked_by: explanation.blockedBy,
    summary,
    counted: explanation.counted.map(({ eventId, occurredAt, contribution }) => ({
      event_id: eventId,
      occurred_at: formatInstant(occurredAt),
      contribution,
    })),
    counted_total: explanation.countedTotal,
    crossed: explanation.crossed.map(crossedView),
    not_counted: explanation.notCounted.map(({ eventId, occurredAt, reason, detail }) => ({
      event_id: eventId,
      occurred_at: formatInstant(occurredAt),
      reason,
      detail,
    })),
    not_counted_totals: { ...explanation.notCountedTotals },
    missing_slugs: explanation.missingSlugs,
    missing_steps: explanation.missingSteps,
    ...(event === null ? {} : { event: 'outcome' in event ? outcomeView(event.outcome, event.key) : elsewhereView(event) }),
    unlocks,
    history: { events: history.events.length, truncated: history.isTruncated, missing: history.missing, assumed: [...explanation.assumed] },
  };
}

function crossedView({ at, eventId, granted, revoked, evidence, ...crossed }: CrossedThreshold): z.infer<typeof crossedSchema> {
  return {
    ...crossed,
    at: formatInstant(at),
    event_id: eventId,
    evidence: [...evidence],
    granted: granted === null ? null : { by: granted.actor, reason: granted.reason },
    revoked: revoked === null ? null : { by: revoked.actor, reason: revoked.reason, at: formatInstant(revoked.at) },
  };
}

/** `key`: the idempotency key that it was asked for by. */
function outcomeView(outcome: EventOutcome, key: string | null): z.infer<typeof eventSchema> {
  const { eventId, type, occurredAt, counted, reason, detail, contribution, period, value, blockedBy, crossed } = outcome;
  return {
    event_id: eventId,
    type,
    occurred_at: formatInstant(occurredAt),
    ...{ counted, reason, detail: key === null ? detail : `${key} is its idempotency key. ${detail}`, contribution, period, value },
    blocked_by: blockedBy,
    crossed: crossed.map(crossedView),
    original: null,
    sequence: null,
  };
}

function elsewhereView({ eventId, elsewhere }: { eventId: string; elsewhere: Elsewhere }): z.infer<typeof eventSchema> {
  const { event, reason, detail, sequence, original } = elsewhere;
  return {
    event_id: event?.eventId ?? eventId,
    type: event?.type ?? null,
    occurred_at: event === null ? null : formatInstant(event.occurredAt),
    ...{ counted: false, reason, detail, contribution: null, period: null, value: null, blocked_by: null, crossed: [] },
    original: original === null ? null : { event_id: original.eventId, sequence: original.sequence },
    sequence,
  };
}

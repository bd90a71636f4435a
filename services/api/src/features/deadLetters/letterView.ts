import { formatInstant } from '@cairn/contracts';
import { z } from '@hono/zod-openapi';
import { LETTER_HEAD_BYTES } from '../../limits.js';
import type { Letter } from './Letter.js';
import { letterAdvice } from './letterAdvice.js';

export const letterSchema = z
  .object({
    id: z.int().openapi({ description: 'Its place among the dead letters.' }),
    at: z.string().openapi({ description: 'When it was refused.' }),
    code: z.string().openapi({ example: 'idempotency_conflict' }),
    reason: z.string().openapi({ description: 'What was wrong with this one.' }),
    meaning: z.string().openapi({ description: 'What the code means.' }),
    advice: z.string().openapi({ description: 'What to do.' }),
    subject: z.string().openapi({ description: 'Where it came in: a subject of EVENTS, or of the log.' }),
    origin_sequence: z.int().nullable(),
    tenant_id: z.string().nullable().openapi({ description: 'null where that is not certain.' }),
    bytes: z.int(),
    head: z.string().openapi({ description: `The first ${LETTER_HEAD_BYTES} bytes, with � for what is no text.` }),
    redrives: z.int().openapi({ description: 'How often it was redriven before, and came back.' }),
  })
  .openapi('DeadLetter');

export const letterDetailSchema = letterSchema
  .extend({
    origin_index: z.int().nullable().openapi({ description: 'Its place in an entry of the log, for one event of it.' }),
    headers: z
      .record(z.string(), z.array(z.string()))
      .nullable()
      .openapi({ description: 'Those of the message that came in; null where there was no room for them.' }),
    body: z.object({
      text: z.string().nullable().openapi({ description: 'null for what is no UTF-8.' }),
      base64: z.string(),
    }),
    history: z
      .array(z.object({ id: z.int(), at: z.string(), code: z.string(), reason: z.string(), redriven_by: z.string() }))
      .openapi({ description: 'The newest tries before this one, oldest first.' }),
    not_redrivable: z.string().nullable().openapi({ description: 'Why it cannot be redriven; null where it can.' }),
  })
  .openapi('DeadLetterDetail');

export function letterView(letter: Letter): z.infer<typeof letterSchema> {
  const { id, at, code, error, subject, originSequence, tenantId, data, tries } = letter;
  return {
    id,
    at: formatInstant(at),
    code,
    reason: error,
    ...letterAdvice(code),
    subject,
    origin_sequence: originSequence,
    tenant_id: tenantId,
    bytes: data.length,
    head: Buffer.from(data.subarray(0, LETTER_HEAD_BYTES)).toString('utf8'),
    redrives: tries.count,
  };
}

export function letterDetailView(letter: Letter, refusal: string | null): z.infer<typeof letterDetailSchema> {
  return {
    ...letterView(letter),
    origin_index: letter.originIndex,
    headers: letter.originHeaders === null ? null : mutable(letter.originHeaders),
    body: { text: textOf(letter.data), base64: Buffer.from(letter.data).toString('base64') },
    history: letter.tries.kept.map(({ letter: id, at, code, error, redrivenBy }) => ({
      id,
      at: formatInstant(at),
      code,
      reason: error,
      redriven_by: redrivenBy,
    })),
    not_redrivable: refusal,
  };
}

function mutable(headers: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(data: Uint8Array): string | null {
  try {
    return utf8.decode(data);
  } catch {
    // Anything can have been sent.
    return null;
  }
}

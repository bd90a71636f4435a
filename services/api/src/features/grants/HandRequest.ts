import { CairnError, IDEMPOTENCY_KEY_CHARACTERS_MAX } from '@cairn/contracts';
import { z } from '@hono/zod-openapi';
import { isStorable, UNSTORABLE } from '../../http/isStorable.js';
import { reasonField } from '../../http/reasonField.js';

/** What a grant or a revocation asks for. */
export const handRequestSchema = z.strictObject({
  slug: z.string().min(1).max(63).refine(isStorable, UNSTORABLE),
  level: z
    .string()
    .min(1)
    .max(64)
    .refine(isStorable, UNSTORABLE)
    .nullish()
    .openapi({ description: 'Of an achievement with levels; without it the lowest that is not held.' }),
  period: z
    .string()
    .min(1)
    .max(32)
    .refine(isStorable, UNSTORABLE)
    .nullish()
    .openapi({ description: 'Of a repeating achievement; without it the current one.' }),
  reason: reasonField('Kept in the audit and in the log.'),
});

/** Whose unlock it is. */
export interface Holder {
  kind: 'user' | 'team';
  id: string;
}

export interface HandRequest {
  holder: Holder;
  slug: string;
  level: string | null;
  period: string | null;
  reason: string;
  /** null: every request is one of its own. */
  idempotencyKey: string | null;
}

/** @throws CairnError `invalid_request` */
export function readHandRequest(holder: Holder, body: unknown, idempotencyKey: string | undefined): HandRequest {
  const parsed = handRequestSchema.safeParse(body);
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', message: issue.message }));
    throw new CairnError('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
  }
  if (idempotencyKey !== undefined && (idempotencyKey === '' || idempotencyKey.length > IDEMPOTENCY_KEY_CHARACTERS_MAX)) {
    const message = `has to be 1 to ${IDEMPOTENCY_KEY_CHARACTERS_MAX} characters`;
    throw new CairnError('invalid_request', `Idempotency-Key ${message}`, { errors: [{ field: 'Idempotency-Key', message }] });
  }
  const { slug, level, period, reason } = parsed.data;
  return { holder, slug, level: level ?? null, period: period ?? null, reason, idempotencyKey: idempotencyKey ?? null };
}

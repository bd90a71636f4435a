import { CairnError } from '@cairn/contracts';
import { z } from '@hono/zod-openapi';
import { CursorCodec } from '../../http/cursor.js';
import { reasonField } from '../../http/reasonField.js';
import { CURSOR_CHARACTERS_MAX, LETTERS_AT_ONCE_MAX } from '../../limits.js';
import type { LetterChoice } from './LetterActions.js';

const id = z.int().min(1);
const CODE = /^[a-z_]{1,64}$/;

const choice = {
  ids: z.array(id).min(1).max(LETTERS_AT_ONCE_MAX).optional().openapi({ description: 'These letters.' }),
  code: z.string().regex(CODE, 'has to be an error code').optional().openapi({ description: 'All of this code.' }),
  all: z.literal(true).optional().openapi({ description: 'All that the token may see.' }),
  cursor: z
    .string()
    .max(CURSOR_CHARACTERS_MAX)
    .optional()
    .openapi({ description: '`next_cursor` of the answer before, to go on with the same choice.' }),
};

export const redriveRequestSchema = z.strictObject(choice).openapi('RedriveRequest');
export const discardRequestSchema = z.strictObject({ ...choice, reason: reasonField('Kept in the audit.') }).openapi('DiscardRequest');

/** The end is that of the first call: what comes back meanwhile is left for later. */
export const choiceCursor = new CursorCodec('dead_letters_chosen', z.object({ after: z.int().nonnegative(), upTo: z.int().nonnegative() }));
export const lettersCursor = new CursorCodec('dead_letters', z.object({ after: z.int().nonnegative() }));

/** @throws CairnError `invalid_request` */
export function readLetterRequest<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', message: issue.message }));
  throw invalid(errors);
}

/** @param last where the letters end now @throws CairnError `invalid_request` */
export function choiceOf(request: z.infer<typeof redriveRequestSchema>, last: number): LetterChoice {
  const { ids, code, all, cursor } = request;
  const given = [ids, code, all].filter((each) => each !== undefined).length;
  if (given !== 1) throw invalid([{ field: 'body', message: 'has to hold one of ids, code and all' }]);
  if (ids !== undefined) return { ids: [...new Set(ids)].sort((one, other) => one - other) };
  const place = cursor === undefined ? { after: 0, upTo: last } : choiceCursor.decode(cursor);
  return { code: code ?? null, ...place };
}

function invalid(errors: { field: string; message: string }[]): CairnError {
  return new CairnError('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}

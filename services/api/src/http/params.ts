import { isSlug, isUserId } from '@cairn/contracts';
import { z } from '@hono/zod-openapi';
import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from '../limits.js';

/** Parts of paths and queries that more than one route takes. */

export const userParam = z
  .string()
  .refine(isUserId, 'has to be 1 to 128 characters without control characters')
  .openapi({ param: { name: 'user', in: 'path' }, description: 'The user id, percent-encoded.', example: 'u_12345' });

export const teamParam = z
  .string()
  .refine(isUserId, 'has to be 1 to 128 characters without control characters')
  .openapi({ param: { name: 'team', in: 'path' }, description: 'The team id, percent-encoded.', example: 'platform' });

export const slugParam = z
  .string()
  .refine(isSlug, 'has to be up to 63 of a-z, 0-9, _ and -, beginning with a letter or digit')
  .openapi({ param: { name: 'slug', in: 'path' }, example: 'steady-responder' });

export const pageQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, `has to be a number from 1 to ${PAGE_ITEMS_MAX}`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= PAGE_ITEMS_MAX, `has to be a number from 1 to ${PAGE_ITEMS_MAX}`)
    .optional()
    .openapi({
      param: { name: 'limit', in: 'query' },
      type: 'integer',
      minimum: 1,
      maximum: PAGE_ITEMS_MAX,
      default: PAGE_ITEMS_DEFAULT,
      description: 'Items on a page.',
    }),
  cursor: z
    .string()
    .optional()
    .openapi({ param: { name: 'cursor', in: 'query' }, description: '`next_cursor` of the page before.' }),
});

export const revokedQuery = z
  .enum(['include', 'exclude'])
  .optional()
  .openapi({
    param: { name: 'revoked', in: 'query' },
    default: 'exclude',
    description: 'Whether unlocks that were revoked are listed; they carry `revoked_at` and `reason`.',
  });

import { z } from '@hono/zod-openapi';
import { REASON_CHARACTERS_MAX } from '../limits.js';
import { isStorable, UNSTORABLE } from './isStorable.js';

/** Why somebody does by hand what is asked for. */
export function reasonField(description: string) {
  return z.string().trim().min(1, 'has to say why').max(REASON_CHARACTERS_MAX).refine(isStorable, UNSTORABLE).openapi({ description });
}

import { z } from '@hono/zod-openapi';

/** An unlock as everywhere outside (contract, section 6). */
export const unlockSchema = z
  .object({
    unlock_id: z.string(),
    tenant_id: z.string(),
    user_id: z.string().nullable().openapi({ description: 'null for an unlock of a team.' }),
    team_id: z.string().optional().openapi({ description: 'Only of an unlock of a team.' }),
    achievement: z.object({
      slug: z.string(),
      name: z.string(),
      version: z.int(),
      rarity: z.string(),
      category: z.string(),
    }),
    level: z.string().nullable(),
    period: z.string().nullable(),
    value: z.number(),
    threshold: z.number(),
    xp_reward: z.int(),
    xp_total: z.int().openapi({ description: 'XP of the user after it; 0 for a team, which has none.' }),
    unlocked_at: z.iso.datetime(),
    caused_by: z.string().openapi({ description: 'The event that made it true, or the control entry that granted it.' }),
    evidence: z.array(z.string()).openapi({ description: 'Ids of the newest events that counted, at most 20.' }),
    backfilled: z.boolean(),
    message: z.string(),
    revoked_at: z.iso.datetime().optional().openapi({ description: 'Only where it was revoked.' }),
    reason: z.string().optional().openapi({ description: 'Why it was revoked.' }),
  })
  .openapi('Unlock');

export type UnlockView = z.infer<typeof unlockSchema>;

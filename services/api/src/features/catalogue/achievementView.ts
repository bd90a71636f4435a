import { formatInstant } from '@cairn/contracts';
import type { AchievementDefinition, PublishedDefinition } from '@cairn/engine';
import { z } from '@hono/zod-openapi';

/** An achievement as packs write it, defaults filled in, with the version that is in effect. */
export const achievementSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    reason: z.string(),
    category: z.string(),
    sensitive: z.boolean(),
    rarity: z.enum(['common', 'uncommon', 'rare', 'epic', 'legendary']),
    xp_reward: z.int(),
    tier_required: z.string().nullable(),
    scope: z.enum(['user', 'team']),
    criteria: z
      .looseObject({ type: z.string(), threshold: z.number().optional() })
      .openapi({ description: 'As in the pack; see the reference of criteria.' }),
    levels: z.array(z.object({ name: z.string(), threshold: z.number(), xp_reward: z.int() })).nullable(),
    repeat: z.enum(['once', 'each_period', 'every_threshold']),
    on_publish: z.enum(['recount', 'continue', 'restart']),
    message: z.string().nullable(),
    version: z.int(),
    pack: z.string(),
    published_at: z.iso.datetime(),
    published_sequence: z.int().openapi({ description: 'The place in the log from which on this version is in effect.' }),
  })
  .openapi('Achievement');

export type AchievementView = z.infer<typeof achievementSchema>;

export function achievementView({ version, pack, publishedAt, sequence, definition }: PublishedDefinition): AchievementView {
  return {
    slug: definition.slug,
    name: definition.name,
    description: definition.description,
    reason: definition.reason,
    category: definition.category,
    sensitive: definition.sensitive,
    rarity: definition.rarity,
    xp_reward: definition.xpReward,
    tier_required: definition.tierRequired,
    scope: definition.scope,
    criteria: criteriaView(definition),
    levels: definition.levels?.map(({ name, threshold, xpReward }) => ({ name, threshold, xp_reward: xpReward })) ?? null,
    repeat: definition.repeat,
    on_publish: definition.onPublish,
    message: definition.message,
    version,
    pack,
    published_at: formatInstant(publishedAt),
    published_sequence: sequence,
  };
}

/** As a pack writes it: what is not set is left out, and so is the threshold where the levels have theirs. */
function criteriaView({ criteria, levels }: AchievementDefinition): AchievementView['criteria'] {
  const { type, threshold, ...rest } = criteria;
  return { type, ...(levels === null ? { threshold } : {}), ...withoutNulls(rest) };
}

function withoutNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields as Record<string, unknown>)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(plain) : plain(value)]),
  );
}

function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? withoutNulls(value) : value;
}

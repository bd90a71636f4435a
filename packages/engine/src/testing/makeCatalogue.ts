import { Catalogue } from '../catalogue/catalogue.js';
import type { TenantSettings } from '../catalogue/tenantSettings.js';
import type { Pack } from '../packs/pack.js';
import { parsePack } from '../packs/parsePack.js';

type Json = Record<string, unknown>;

/** An achievement as it stands in a pack; what a test does not care about is filled in. */
export function achievement(slug: string, fields: Json): Json {
  return { slug, name: slug, reason: 'A test.', ...fields };
}

export function makePack(parts: { achievements?: Json[]; xp_rules?: Json[]; ranks?: Json[]; pack?: string }): Pack {
  const parsed = parsePack({ pack: 'test', ...parts });
  if (!parsed.ok) throw new Error(parsed.issues.map((issue) => `${issue.path}: ${issue.message}`).join('\n'));
  return parsed.value;
}

/** The catalogue of a tenant that published one pack, on top of what it had. */
export function makeCatalogue(
  parts: Parameters<typeof makePack>[0],
  options: { settings?: Partial<TenantSettings>; onto?: Catalogue; sequence?: number } = {},
): Catalogue {
  const base = (options.onto ?? Catalogue.empty()).configure(options.settings ?? {});
  const pack = makePack(parts);
  const plan = base.planPublish(pack, (slug) => (base.definitions.get(slug)?.version ?? 0) + 1);
  if (plan.issues.length > 0) throw new Error(plan.issues.map((issue) => issue.message).join('\n'));
  let key = 0;
  return base.publish(pack, plan, { sequence: options.sequence ?? 0, publishedAt: 0, keyOf: () => (key += 1) });
}

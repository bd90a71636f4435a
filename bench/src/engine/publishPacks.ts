import { Catalogue, parsePack } from '@cairn/engine';

/** The catalogue of a tenant that published these packs. */
export function publishPacks(packs: readonly unknown[]): Catalogue {
  let key = 0;
  let catalogue = Catalogue.empty();
  for (const pack of packs) {
    const parsed = parsePack(pack);
    if (!parsed.ok) throw new Error(parsed.issues.map((issue) => `${issue.path}: ${issue.message}`).join('\n'));
    const plan = catalogue.planPublish(parsed.value, () => 1);
    if (plan.issues.length > 0) throw new Error(plan.issues.map((issue) => issue.message).join('\n'));
    catalogue = catalogue.publish(parsed.value, plan, { sequence: 0, publishedAt: 0, keyOf: () => (key += 1) });
  }
  return catalogue;
}

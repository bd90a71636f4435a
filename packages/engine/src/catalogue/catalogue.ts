import type { Pack, Rank, Scope } from '../packs/pack.js';
import { CompiledXpRule } from './compiledXpRule.js';
import { type PublishPlan, planPublish } from './planPublish.js';
import type { PublishedPack } from './publishedPack.js';
import { type PublishedDefinition, Rule } from './rule.js';
import { RuleIndex } from './ruleIndex.js';
import { DEFAULT_SETTINGS, type TenantSettings } from './tenantSettings.js';

export interface CatalogueContents {
  settings: TenantSettings;
  definitions: readonly PublishedDefinition[];
  packs: readonly PublishedPack[];
}

/** Where and when a pack takes effect, and the store's surrogate for each of its versions. */
export interface PublishPoint {
  sequence: number;
  publishedAt: number;
  keyOf(slug: string, version: number): number;
}

const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * What is published in one tenant at one point of the log, compiled once. It never changes: publishing makes another.
 * Its rules are those that count for users; `ofTeams` is the same catalogue with the rules that count for teams.
 */
export class Catalogue {
  readonly settings: TenantSettings;
  /** Whose rules they are. */
  readonly scope: Scope;
  readonly definitions: ReadonlyMap<string, PublishedDefinition>;
  readonly packs: ReadonlyMap<string, PublishedPack>;
  /** Whether folding by it keeps the newest matches of each achievement, for the evidence of unlocks. */
  readonly keepsEvidence: boolean;
  /** Of its scope, in the order of slugs, which is the order that unlocks of one event come in. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** Those that are measured from what a user holds. */
  readonly derivedRules: readonly Rule[];
  readonly index: RuleIndex;
  readonly #ranks: readonly Rank[];
  #ofTeams: Catalogue | undefined;

  private constructor(contents: CatalogueContents, options: { keepsEvidence: boolean; scope: Scope }) {
    this.settings = contents.settings;
    this.keepsEvidence = options.keepsEvidence;
    this.scope = options.scope;
    const definitions = [...contents.definitions].sort((a, b) => byKey(a.slug, b.slug));
    const packs = [...contents.packs].sort((a, b) => byKey(a.pack, b.pack));
    this.definitions = new Map(definitions.map((published) => [published.slug, published]));
    this.packs = new Map(packs.map((published) => [published.pack, published]));
    const ofScope = definitions.filter(({ definition }) => definition.scope === options.scope);
    this.rules = new Map(ofScope.map((published) => [published.slug, new Rule(published)]));
    const rules = [...this.rules.values()];
    this.derivedRules = rules.filter((rule) => rule.isDerived);
    // A team has no XP.
    const xpRules =
      options.scope === 'team' ? [] : packs.flatMap(({ pack, xpRules }) => xpRules.map((rule) => new CompiledXpRule(rule, pack)));
    this.index = new RuleIndex(
      rules,
      xpRules.sort((a, b) => byKey(a.key, b.key)),
    );
    this.#ranks = packs.flatMap(({ ranks }) => ranks).sort((a, b) => a.xp - b.xp || byKey(a.name, b.name));
  }

  static empty(): Catalogue {
    return Catalogue.restore({ settings: DEFAULT_SETTINGS, definitions: [], packs: [] });
  }

  static restore(contents: CatalogueContents): Catalogue {
    return new Catalogue(contents, { keepsEvidence: false, scope: 'user' });
  }

  /** A catalogue whose folding remembers which events counted: for recounts and explanations, not for live states. */
  static withEvidence(contents: CatalogueContents): Catalogue {
    return new Catalogue(contents, { keepsEvidence: true, scope: 'user' });
  }

  /** What the states of teams are folded, granted, rechecked and shown by. Compiled when it is first asked for. */
  get ofTeams(): Catalogue {
    if (this.scope === 'team') return this;
    const contents = { settings: this.settings, definitions: [...this.definitions.values()], packs: [...this.packs.values()] };
    return (this.#ofTeams ??= new Catalogue(contents, { keepsEvidence: this.keepsEvidence, scope: 'team' }));
  }

  /** What publishing this pack would change. */
  planPublish(pack: Pack, nextVersionOf: (slug: string) => number): PublishPlan {
    return planPublish(this, pack, nextVersionOf);
  }

  /** The catalogue with the plan in effect. */
  publish(pack: Pack, plan: PublishPlan, at: PublishPoint): Catalogue {
    const definitions = new Map(this.definitions);
    const incoming = new Map(pack.achievements.map((definition) => [definition.slug, definition]));
    for (const { slug, change, version } of plan.changes) {
      const definition = incoming.get(slug);
      if (change === 'retired') definitions.delete(slug);
      else if (change !== 'unchanged' && definition !== undefined)
        definitions.set(slug, {
          slug,
          version,
          pack: pack.pack,
          sequence: at.sequence,
          publishedAt: at.publishedAt,
          key: at.keyOf(slug, version),
          definition,
        });
    }
    const packs = new Map(this.packs).set(pack.pack, { pack: pack.pack, sequence: at.sequence, xpRules: pack.xpRules, ranks: pack.ranks });
    return Catalogue.restore({ settings: this.settings, definitions: [...definitions.values()], packs: [...packs.values()] });
  }

  configure(settings: Partial<TenantSettings>): Catalogue {
    return Catalogue.restore({
      settings: { ...this.settings, ...settings },
      definitions: [...this.definitions.values()],
      packs: [...this.packs.values()],
    });
  }

  /** The name of the highest rank that this much XP reaches; null below the first. */
  rankOf(xp: number): string | null {
    return this.#ranks.findLast((rank) => rank.xp <= xp)?.name ?? null;
  }
}

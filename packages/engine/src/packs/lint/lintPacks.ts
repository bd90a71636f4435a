import { DEFAULT_TIER_ORDER } from '../../catalogue/tenantSettings.js';
import { describeCycle, findCycle, waitingOf } from '../findCycle.js';
import { insteadOf, nearestName } from '../nearestName.js';
import type { AchievementDefinition, Pack } from '../pack.js';
import { cutFractions } from './cutFractions.js';
import type { Finding } from './finding.js';
import { impossibleEvents } from './impossibleEvents.js';
import { unknownPlaceholders } from './unknownPlaceholders.js';
import { unseenEvents } from './unseenEvents.js';
import { writtenEvents } from './writtenEvents.js';

/** An achievement that is published, as far as others depend on it. */
export interface PublishedSlug {
  slug: string;
  pack: string;
  /** What it waits for. */
  slugs: readonly string[];
}

/** What only a server knows. */
export interface KnownByServer {
  achievements: readonly PublishedSlug[];
  tierOrder: readonly string[];
  /** Types of which an event was ever sent; null where that is not known. */
  eventTypes: readonly string[] | null;
}

export interface LintOptions {
  /** null: nobody was asked. */
  server: KnownByServer | null;
  /** False where other packs belong to these and could not be read. */
  isComplete: boolean;
}

/** What is wrong with packs together and in their place, each being right in itself. Pure. */
export function lintPacks(packs: readonly Pack[], { server, isComplete }: LintOptions): Finding[] {
  const surroundings = new Surroundings(packs, server);
  const findings = packs.flatMap((pack, index) => {
    const written = writtenEvents(pack);
    const issues = pack.achievements.flatMap((definition, i) => {
      const at = { definition, path: `achievements[${String(i)}]`, pack: index };
      return [
        ...surroundings.takenSlug(at),
        ...(isComplete ? surroundings.unknownSlugs(at) : []),
        ...unknownTier(at, server?.tierOrder ?? null),
        ...unknownPlaceholders(definition, at.path, index),
      ];
    });
    const impossible = impossibleEvents(written, index);
    const possible = written.filter(({ path }) => !impossible.some((finding) => finding.path === path));
    return [
      ...surroundings.repeatedPack(pack, index),
      ...issues,
      ...cutFractions(pack, index),
      ...impossible,
      ...unseenEvents(possible, index, server?.eventTypes ?? null),
    ];
  });
  return [...findings, ...surroundings.cycle()];
}

interface Place {
  definition: AchievementDefinition;
  path: string;
  pack: number;
}

class Surroundings {
  readonly #packs: readonly Pack[];
  readonly #isAsked: boolean;
  /** Published, and in none of these packs. */
  readonly #others: ReadonlyMap<string, PublishedSlug>;
  /** Where each slug is defined first. */
  readonly #defined = new Map<string, number>();

  constructor(packs: readonly Pack[], server: KnownByServer | null) {
    this.#packs = packs;
    this.#isAsked = server !== null;
    const names = new Set(packs.map(({ pack }) => pack));
    this.#others = new Map((server?.achievements ?? []).filter(({ pack }) => !names.has(pack)).map((item) => [item.slug, item]));
    packs.forEach(({ achievements }, index) => {
      for (const { slug } of achievements) if (!this.#defined.has(slug)) this.#defined.set(slug, index);
    });
  }

  repeatedPack({ pack }: Pack, index: number): Finding[] {
    const first = this.#packs.findIndex((other) => other.pack === pack);
    if (first === index) return [];
    const message = `"${pack}" is the name of another of these files too: publishing one would retire the other. Choose another name`;
    return [{ severity: 'error', pack: index, path: 'pack', code: 'duplicate', message }];
  }

  takenSlug({ definition: { slug }, path, pack }: Place): Finding[] {
    const first = this.#defined.get(slug) ?? pack;
    const owner = first === pack ? this.#others.get(slug)?.pack : this.#packs[first]?.pack;
    // Of two files with one name, that is what is wrong.
    if (owner === undefined || owner === this.#packs[pack]?.pack) return [];
    const message = `"${slug}" belongs to the pack ${owner}: choose another slug`;
    return [{ severity: 'error', pack, path: `${path}.slug`, code: 'slug_taken', message }];
  }

  unknownSlugs({ definition: { criteria }, path, pack }: Place): Finding[] {
    if (criteria.type !== 'achievements') return [];
    const known = [...this.#defined.keys(), ...this.#others.keys()];
    return criteria.slugs.flatMap((slug, i): Finding[] => {
      if (this.#defined.has(slug) || this.#others.has(slug)) return [];
      const nearest = nearestName(slug, known);
      const instead = nearest === null ? '' : `; did you mean ${nearest}?`;
      const where = this.#isAsked ? 'neither here nor published' : 'not here, and whether it is published was not checked';
      const severity = this.#isAsked ? 'error' : 'warning';
      const message = `the achievement "${slug}" is ${where}${instead}`;
      return [{ severity, pack, path: `${path}.criteria.slugs[${String(i)}]`, code: 'unknown_slug', message }];
    });
  }

  /** A circle through several packs; one within a pack shows when that pack is read. */
  cycle(): Finding[] {
    const cycle = findCycle([...this.#packs.flatMap(({ achievements }) => achievements.map(waitingOf)), ...this.#others.values()]);
    const ours = cycle?.find((slug) => this.#defined.has(slug));
    const pack = ours === undefined ? undefined : this.#defined.get(ours);
    if (cycle === null || pack === undefined) return [];
    const index = this.#packs[pack]?.achievements.findIndex(({ slug }) => slug === ours) ?? 0;
    return [
      { severity: 'error', pack, path: `achievements[${String(index)}].criteria.slugs`, code: 'cycle', message: describeCycle(cycle) },
    ];
  }
}

function unknownTier({ definition: { tierRequired }, path, pack }: Place, tierOrder: readonly string[] | null): Finding[] {
  const known = tierOrder ?? DEFAULT_TIER_ORDER;
  if (tierRequired === null || known.includes(tierRequired)) return [];
  const unchecked = tierOrder === null ? ', unless the tenant has tiers of its own' : '';
  const message = `there is no tier "${tierRequired}"${unchecked}${insteadOf(tierRequired, known)}`;
  return [{ severity: tierOrder === null ? 'warning' : 'error', pack, path: `${path}.tier_required`, code: 'unknown_tier', message }];
}

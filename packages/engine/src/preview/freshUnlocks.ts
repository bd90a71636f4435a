import type { Rule } from '../catalogue/rule.js';
import { recheck } from '../recheck.js';
import type { UserState } from '../state/userState.js';
import { recheckTeam } from '../teams/recheckTeam.js';
import type { DraftCatalogue } from './draftCatalogue.js';
import type { Holder } from './holder.js';

/** What publishing would give to those who do not have it yet. */
export interface Fresh {
  unlocks: number;
  holders: number;
}

/** Adds up, holder by holder, what publishing would give beyond what is held, or was and was taken back. */
export class FreshUnlocks {
  readonly #draft: DraftCatalogue;
  readonly #bySlug = new Map<string, Fresh>();

  constructor(draft: DraftCatalogue) {
    this.#draft = draft;
  }

  of(slug: string): Fresh {
    let fresh = this.#bySlug.get(slug);
    if (fresh === undefined) this.#bySlug.set(slug, (fresh = { unlocks: 0, holders: 0 }));
    return fresh;
  }

  /** @param live the holder's own state, which may be changed */
  add({ state }: Holder, live: UserState, of: { rules: readonly Rule[]; now: number }): void {
    const continued = of.rules.filter((rule) => publishingOf(this.#draft, rule) === 'continue');
    // Counted before anything is unlocked in the live state.
    for (const rule of of.rules)
      if (publishingOf(this.#draft, rule) === 'recount') this.#note(rule.slug, missingIn(live, state, rule.slug));
    if (continued.length === 0) return;
    const scope = continued[0]?.definition.scope;
    const at = { at: of.now, cause: '' };
    const met = scope === 'team' ? recheckTeam(this.#draft.catalogue, live, at) : recheck(this.#draft.catalogue, live, at);
    for (const { slug } of continued) this.#note(slug, met.unlocks.filter(({ definition }) => definition.slug === slug).length);
  }

  #note(slug: string, unlocks: number): void {
    if (unlocks === 0) return;
    const fresh = this.of(slug);
    fresh.unlocks += unlocks;
    fresh.holders += 1;
  }
}

/** What publishing the draft does with the history of an achievement; null where it stays as it is. */
export function publishingOf({ plan }: DraftCatalogue, { slug, definition }: Rule): 'recount' | 'continue' | 'restart' | null {
  const change = plan.changes.find((each) => each.slug === slug)?.change;
  if (change === 'unchanged') return null;
  // A first version has nothing to go on from.
  return change === 'added' && definition.onPublish === 'continue' ? 'restart' : definition.onPublish;
}

/** The unlocks of an achievement that the history gives, and that are not in the live state. */
function missingIn(live: UserState, found: UserState, slug: string): number {
  const had = live.achievements.get(slug)?.held;
  let missing = 0;
  for (const { level, period } of found.achievements.get(slug)?.held.entries() ?? [])
    if (had?.get(level, period) === undefined) missing += 1;
  return missing;
}

import type { Catalogue } from './catalogue/catalogue.js';
import { toInstant } from './instant.js';
import type { UserState } from './state/userState.js';
import { Transition } from './transition.js';

/** An unlock that a person gives or takes. */
export interface ByHand {
  slug: string;
  /** null: the only one, or the lowest that a grant can give. */
  level: string | null;
  /** null: none, or for a repeating achievement the one that holds `at`. */
  period: string | null;
  at: number;
  /** The id of what put it into the log. */
  cause: string;
  reason: string;
  /** It was held long before: what is given is marked so. Left out: it was not. */
  backfilled?: boolean;
}

/** What happened to make a check of everything due. */
export interface Occasion {
  at: number;
  cause: string;
}

/** A step that no event of the user caused. */
export function transitionFor(occasion: Occasion & { backfilled?: boolean }, on: { catalogue: Catalogue; state: UserState }): Transition {
  return new Transition(on.catalogue, on.state, {
    at: toInstant(occasion.at),
    id: occasion.cause,
    userId: null,
    backfilled: occasion.backfilled ?? false,
  });
}

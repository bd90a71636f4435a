import { type Occasion, transitionFor } from './byHand.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { Effects } from './effects.js';
import { cascade, settleAll } from './settle.js';
import type { UserState } from './state/userState.js';

/**
 * Unlocks what is met already: after a publish that continues, or a change of the tenant's settings. It is put down to that,
 * and marked `backfilled`: nothing that the user did at this moment brought it about. Doing it twice does no more than once.
 */
export function recheck(catalogue: Catalogue, state: UserState, at: Occasion): Effects {
  const transition = transitionFor({ ...at, backfilled: true }, { catalogue, state });
  settleAll(transition);
  cascade(transition);
  return transition.finish();
}

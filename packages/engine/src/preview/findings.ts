import type { Pack, Scope } from '../packs/pack.js';
import type { Crowd } from './crowd.js';
import type { DraftCatalogue } from './draftCatalogue.js';
import type { EventWatch } from './eventWatch.js';
import type { FreshUnlocks } from './freshUnlocks.js';
import type { PreviewTally } from './previewTally.js';

/** What a preview has found out. */
export interface Findings {
  pack: Pack;
  draft: DraftCatalogue;
  since: number | null;
  now: number;
  events: number;
  from: number;
  until: number;
  /** Who can have what: an achievement is for users or for teams. */
  crowds: Readonly<Record<Scope, Crowd>>;
  tallies: Readonly<Record<Scope, PreviewTally>>;
  watch: EventWatch;
  /** null where nothing was compared with what people have. */
  fresh: FreshUnlocks | null;
}

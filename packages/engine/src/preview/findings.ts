import type { Pack } from '../packs/pack.js';
import type { DraftCatalogue } from './draftCatalogue.js';
import type { EventWatch } from './eventWatch.js';
import type { PreviewTally } from './previewTally.js';
import type { PreviewUser } from './previewUser.js';
import type { Rung } from './rung.js';

/** What a preview has found out. */
export interface Findings {
  pack: Pack;
  draft: DraftCatalogue;
  since: number | null;
  now: number;
  events: number;
  from: number;
  until: number;
  rungs: readonly Rung[];
  users: ReadonlyMap<string, PreviewUser>;
  oneIn: number;
  tally: PreviewTally;
  watch: EventWatch;
}

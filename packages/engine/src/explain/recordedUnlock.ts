import { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { emptyState, type UserState } from '../state/userState.js';
import type { DoneByHand } from './explanation.js';
import { isInEffect } from './judgeEvent.js';

/** An unlock that was given, by whichever version: what an explanation never contradicts. */
export interface RecordedUnlock {
  version: number;
  level: string | null;
  period: string | null;
  value: number;
  threshold: number;
  unlockedAt: number;
  causedBy: string;
  /** The entry of the log that gave it; of a recount, the one that published the version. */
  sequence: number;
  backfilled: boolean;
  evidence: readonly string[];
  /** null where it was reached, not given by hand. */
  granted: DoneByHand | null;
  revoked: (DoneByHand & { at: number }) | null;
}

/** What a user has. */
export interface Standing {
  state: UserState;
  /** All of the achievement that is explained, in the order of the log. */
  unlocks: readonly RecordedUnlock[];
}

/** What a user would have if there were nothing but the history, and the catalogue had been in effect as its versions say. */
export function replayStanding(catalogue: Catalogue, rule: Rule, history: readonly EngineEvent[]): Standing {
  const state = emptyState();
  const unlocks: RecordedUnlock[] = [];
  const others = [...catalogue.definitions.values()].filter(({ slug }) => slug !== rule.slug);
  const without = Catalogue.restore({ settings: catalogue.settings, definitions: others, packs: [...catalogue.packs.values()] });
  for (const event of history)
    for (const unlock of fold(isInEffect(rule, event) ? catalogue : without, state, event).unlocks)
      if (unlock.definition.slug === rule.slug)
        unlocks.push({
          version: rule.version,
          level: unlock.level,
          period: unlock.period,
          value: unlock.value,
          threshold: unlock.threshold,
          unlockedAt: unlock.unlockedAt,
          causedBy: event.eventId,
          sequence: event.sequence,
          backfilled: unlock.backfilled,
          evidence: [],
          granted: null,
          revoked: null,
        });
  return { state, unlocks };
}

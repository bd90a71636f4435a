import { Catalogue } from './catalogue/catalogue.js';
import type { TenantSettings } from './catalogue/tenantSettings.js';
import type { EngineEvent } from './engineEvent.js';
import { type ProgressItem, progress } from './explain/progress.js';
import { parseInstant } from './expressions/parseInstant.js';
import { fold } from './fold.js';
import type { Pack } from './packs/pack.js';
import { emptyState } from './state/userState.js';

/** An event as the author of a rule thinks of it. What is left out follows from its place in the list. */
export interface SpecifiedEvent {
  type: string;
  /** RFC 3339, e.g. `2026-04-12T10:15:00Z`; an hour after the event before it where left out. */
  at?: string;
  properties?: Record<string, unknown>;
}

/** What came of the events of `when`. */
export interface SpecifiedOutcome {
  /** `slug`, `slug:level`, `slug@period` or `slug:level@period`, in the order that they unlocked. */
  unlocks: string[];
  xp: number;
  progress: ProgressItem[];
  evaluationFailures: number;
}

const HOUR_MS = 3_600_000;
const FIRST_AT_MS = Date.UTC(2026, 0, 1, 12);

/** Given the achievements of a pack, and what happened before, when this happens, then look at what comes of it. */
export function specification(
  pack: Pack,
  settings: Partial<TenantSettings> = {},
): { given(...events: SpecifiedEvent[]): { when(...events: SpecifiedEvent[]): SpecifiedOutcome } } {
  const tenant = Catalogue.empty().configure(settings);
  let keys = 0;
  const plan = tenant.planPublish(pack, () => 1);
  const catalogue = tenant.publish(pack, plan, { sequence: 0, publishedAt: 0, keyOf: () => (keys += 1) });
  return { given: (...before) => ({ when: (...events) => outcome(catalogue, before, events) }) };
}

function outcome(catalogue: Catalogue, before: readonly SpecifiedEvent[], events: readonly SpecifiedEvent[]): SpecifiedOutcome {
  const state = emptyState();
  const result: SpecifiedOutcome = { unlocks: [], xp: 0, progress: [], evaluationFailures: 0 };
  let at = FIRST_AT_MS - HOUR_MS;
  for (const [i, specified] of [...before, ...events].entries()) {
    at = specified.at === undefined ? at + HOUR_MS : instantOf(specified.at);
    const effects = fold(catalogue, state, toEvent(specified, { at, sequence: i + 1 }));
    if (i < before.length) continue;
    for (const { definition, level, period } of effects.unlocks)
      result.unlocks.push(`${definition.slug}${level === null ? '' : `:${level}`}${period === null ? '' : `@${period}`}`);
    result.evaluationFailures += effects.evaluationFailures;
  }
  return { ...result, xp: state.xp, progress: progress(catalogue, state, at) };
}

/** @throws RangeError where the author wrote no instant. */
function instantOf(text: string): number {
  const instant = parseInstant(text);
  if (instant === null) throw new RangeError(`${text} is no instant: write it as 2026-04-12T10:15:00Z`);
  return instant;
}

function toEvent({ type, properties = {} }: SpecifiedEvent, place: { at: number; sequence: number }): EngineEvent {
  return {
    eventId: `event-${String(place.sequence)}`,
    type,
    tenantId: 'default',
    userId: 'someone',
    teamId: null,
    source: { platform: 'other', app: null, ref: null, sdk: null, sdkVersion: null },
    occurredAt: place.at,
    receivedAt: place.at,
    clockSkewed: false,
    schemaVersion: 1,
    propertiesJson: JSON.stringify(properties),
    sequence: place.sequence,
    index: 0,
  };
}

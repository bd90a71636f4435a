import type { EventSource } from '../../engineEvent.js';

/** A case that stands in a pack beside its achievements: given what happened, when this happens, then this comes of it. */
export interface PackTest {
  name: string;
  /** Of the tenant; null is UTC. */
  timezone: string | null;
  given: PackTestStep[];
  when: PackTestStep[];
  /** `then`: at least one, and each expects something. */
  expected: PackTestExpectation[];
}

export type PackTestStep = PackTestEvents | PackTestGrant;

/** When a step happens: at an instant, or some time after the step before. */
export interface PackTestTime {
  at: number | null;
  afterMs: number;
}

/** One event, or the same several times. `{n}` in the texts of its properties is the number of the repetition, from 1. */
export interface PackTestEvents extends PackTestTime {
  kind: 'events';
  type: string;
  user: string;
  team: string | null;
  properties: Readonly<Record<string, unknown>>;
  source: Partial<EventSource>;
  times: number;
  everyMs: number;
}

/** An unlock that somebody gives by hand. */
export interface PackTestGrant extends PackTestTime {
  kind: 'grant';
  slug: string;
  level: string | null;
  period: string | null;
  user: string;
}

/** Whose outcome is looked at. */
export interface PackTestSubject {
  scope: 'user' | 'team';
  id: string;
}

/** What a user or a team has in the end. null and empty: not looked at. */
export interface PackTestExpectation {
  of: PackTestSubject;
  /** Where it stands in the pack, such as `tests[2].then`. */
  path: string;
  /** All that `when` unlocks: `slug`, `slug:level`, `slug@period`, `slug:level@period`. */
  unlocks: string[] | null;
  /** Slugs of which nothing is unlocked, neither by `given` nor by `when`. */
  notUnlocked: string[];
  xp: number | null;
  /** Values by slug. */
  progress: ReadonlyMap<string, number>;
}

/** Who acts where no user is named. */
export const SOMEONE = 'someone';

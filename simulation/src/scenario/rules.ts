/** What a rule measures, as plainly as it can be said. */
export type Measure =
  | { kind: 'multiples' }
  | { kind: 'count' }
  | { kind: 'colours' }
  | { kind: 'xp' }
  | { kind: 'list'; slugs: readonly string[] };

/** An achievement of the simulated world. */
export interface Rule {
  slug: string;
  scope: 'user' | 'team';
  measure: Measure;
  threshold: number;
  xp: number;
  /** Whether it goes when an event that it needs is retracted. */
  isTakenBack: boolean;
  /** The stage that it is published at. */
  from: 'users' | 'teams' | 'later';
}

/** What an event of that colour pays, for as long as it is not retracted. */
export const EACH_RED_XP = 2;

/** Counters that go on, sets, what follows from them, and some of it published later and counted over all that was before. */
export const RULES: readonly Rule[] = [
  { slug: 'pairs', scope: 'user', measure: { kind: 'multiples' }, threshold: 2, xp: 10, isTakenBack: true, from: 'users' },
  { slug: 'colours', scope: 'user', measure: { kind: 'colours' }, threshold: 3, xp: 5, isTakenBack: true, from: 'users' },
  { slug: 'rich', scope: 'user', measure: { kind: 'xp' }, threshold: 30, xp: 7, isTakenBack: true, from: 'users' },
  {
    slug: 'all',
    scope: 'user',
    measure: { kind: 'list', slugs: ['colours', 'rich'] },
    threshold: 2,
    xp: 1,
    isTakenBack: false,
    from: 'users',
  },
  { slug: 'late', scope: 'user', measure: { kind: 'count' }, threshold: 3, xp: 4, isTakenBack: false, from: 'later' },
  { slug: 'latest', scope: 'user', measure: { kind: 'count' }, threshold: 4, xp: 3, isTakenBack: true, from: 'later' },
  { slug: 'crew', scope: 'team', measure: { kind: 'multiples' }, threshold: 3, xp: 0, isTakenBack: true, from: 'teams' },
  { slug: 'spectrum', scope: 'team', measure: { kind: 'colours' }, threshold: 3, xp: 0, isTakenBack: true, from: 'teams' },
  {
    slug: 'united',
    scope: 'team',
    measure: { kind: 'list', slugs: ['spectrum', 'crew'] },
    threshold: 2,
    xp: 0,
    isTakenBack: true,
    from: 'teams',
  },
  { slug: 'crew-late', scope: 'team', measure: { kind: 'count' }, threshold: 5, xp: 0, isTakenBack: false, from: 'later' },
];

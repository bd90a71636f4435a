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
  /** What users can choose about. */
  category: 'simulation' | 'private';
  /** Counts for those only who asked for it. */
  isSensitive: boolean;
  /** Whether it goes when an event that it needs is retracted. */
  isTakenBack: boolean;
  /** The stage that it is published at. */
  from: 'users' | 'teams' | 'later';
}

/** What an event of that colour pays, for as long as it is not retracted. */
export const EACH_RED_XP = 2;

const plain = { category: 'simulation', isSensitive: false } as const;
const ofUser = { ...plain, scope: 'user', isTakenBack: true, from: 'users' } as const;
const ofTeam = { ...plain, scope: 'team', xp: 0, isTakenBack: true, from: 'teams' } as const;
const list = (...slugs: string[]): Measure => ({ kind: 'list', slugs });

/** Counters that go on, sets, what follows from them, what has to be asked for, and some of it published later and counted over all that was before. */
export const RULES: readonly Rule[] = [
  { ...ofUser, slug: 'pairs', measure: { kind: 'multiples' }, threshold: 2, xp: 10 },
  { ...ofUser, slug: 'colours', measure: { kind: 'colours' }, threshold: 3, xp: 5 },
  { ...ofUser, slug: 'rich', measure: { kind: 'xp' }, threshold: 30, xp: 7 },
  { ...ofUser, slug: 'all', measure: list('colours', 'rich'), threshold: 2, xp: 1, isTakenBack: false },
  { ...ofUser, slug: 'diary', measure: { kind: 'count' }, threshold: 3, xp: 6, category: 'private' },
  { ...ofUser, slug: 'secrets', measure: { kind: 'multiples' }, threshold: 2, xp: 3, category: 'private', isSensitive: true },
  { ...ofUser, slug: 'late', measure: { kind: 'count' }, threshold: 3, xp: 4, isTakenBack: false, from: 'later' },
  { ...ofUser, slug: 'latest', measure: { kind: 'count' }, threshold: 4, xp: 3, from: 'later' },
  { ...ofUser, slug: 'diary-late', measure: { kind: 'colours' }, threshold: 2, xp: 2, from: 'later', category: 'private' },
  { ...ofTeam, slug: 'crew', measure: { kind: 'multiples' }, threshold: 3 },
  { ...ofTeam, slug: 'spectrum', measure: { kind: 'colours' }, threshold: 3 },
  { ...ofTeam, slug: 'united', measure: list('spectrum', 'crew'), threshold: 2 },
  { ...ofTeam, slug: 'conclave', measure: { kind: 'count' }, threshold: 2, category: 'private', isSensitive: true },
  { ...ofTeam, slug: 'crew-late', measure: { kind: 'count' }, threshold: 5, isTakenBack: false, from: 'later' },
];

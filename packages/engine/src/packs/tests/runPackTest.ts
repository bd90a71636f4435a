import { Rehearsal, type Rehearsed } from '../../rehearsal.js';
import { FIRST_AT_MS } from '../../specification.js';
import type { Pack } from '../pack.js';
import { type PackTest, type PackTestEvents, type PackTestExpectation, type PackTestStep, SOMEONE } from './packTest.js';

/** What came otherwise than a case expects. */
export interface PackTestFailure {
  /** Where the expectation stands in the pack, such as `tests[2].then.unlocks`. */
  path: string;
  code: 'missing_unlock' | 'unexpected_unlock' | 'wrong_xp' | 'wrong_progress';
  /** What was expected and what came, in a sentence. */
  message: string;
  /** Why, as the engine explains it; null where it has nothing to say. */
  why: string | null;
}

export interface PackTestOutcome {
  name: string;
  failures: PackTestFailure[];
  /** All that `when` unlocked, `<user>` in front where it is not the one who acts by default. */
  unlocks: string[];
  /** Expressions that failed to evaluate, in which case an event is no match. */
  evaluationFailures: number;
}

/** Runs one case as a server would on which nothing but its pack is published. Without failures it passes. */
export function runPackTest(pack: Pack, test: PackTest): PackTestOutcome {
  const run = new Run(pack, test);
  run.take(test.given);
  const given = run.outcome;
  run.begin();
  run.take(test.when);
  const failures = test.expected.flatMap((expectation) => run.compare(expectation, given));
  return {
    name: test.name,
    failures,
    unlocks: run.outcome.unlocks.map(({ key }) => key),
    evaluationFailures: given.evaluationFailures + run.outcome.evaluationFailures,
  };
}

class Run {
  readonly #rehearsal: Rehearsal;
  #outcome: Rehearsed = { unlocks: [], evaluationFailures: 0 };
  /** Whose events came. */
  readonly #actors = new Set<string>();
  /** When the last step happened; null before the first. */
  #now: number | null = null;

  constructor(pack: Pack, { timezone }: PackTest) {
    this.#rehearsal = new Rehearsal(pack, timezone === null ? {} : { timezone });
  }

  /** What came since `begin`. */
  get outcome(): Rehearsed {
    return this.#outcome;
  }

  begin(): void {
    this.#outcome = { unlocks: [], evaluationFailures: 0 };
  }

  take(steps: readonly PackTestStep[]): void {
    for (const step of steps) {
      this.#now = step.at ?? (this.#now === null ? FIRST_AT_MS : this.#now + step.afterMs);
      if (step.kind === 'events') this.#takeEvents(step, this.#now);
      else this.#add(this.#rehearsal.give({ ...step, at: this.#now, userId: step.user }));
    }
  }

  compare(expectation: PackTestExpectation, given: Rehearsed): PackTestFailure[] {
    const failures = [...this.#compareUnlocks(expectation), ...this.#compareNotUnlocked(expectation, given)];
    return [...failures, ...this.#compareXp(expectation), ...this.#compareProgress(expectation)];
  }

  #takeEvents({ type, user, team, properties, source, times, everyMs }: PackTestEvents, first: number): void {
    this.#actors.add(user);
    for (let n = 1; n <= times; n++) {
      const at = first + (n - 1) * everyMs;
      const numbered = numberTexts(properties, n) as Readonly<Record<string, unknown>>;
      this.#add(this.#rehearsal.take({ type, at, userId: user, teamId: team, properties: numbered, source }));
      this.#now = at;
    }
  }

  #add({ unlocks, evaluationFailures }: Rehearsed): void {
    this.#outcome.unlocks.push(...unlocks);
    this.#outcome.evaluationFailures += evaluationFailures;
  }

  #compareUnlocks({ of, path, unlocks }: PackTestExpectation): PackTestFailure[] {
    if (unlocks === null) return [];
    const came = keysOf(this.#outcome, of);
    const missing = without(unlocks, came);
    const unexpected = without(came, unlocks);
    const at = `${path}.unlocks`;
    return [
      ...missing.map((key) => this.#failure({ path: at, code: 'missing_unlock', message: `${key} was not unlocked` }, of, key)),
      ...unexpected.map((key) =>
        this.#failure({ path: at, code: 'unexpected_unlock', message: `${key} was unlocked, and nobody expected it` }, of, key),
      ),
    ];
  }

  #compareNotUnlocked({ of, path, notUnlocked }: PackTestExpectation, given: Rehearsed): PackTestFailure[] {
    const came = [...keysOf(given, of), ...keysOf(this.#outcome, of)];
    return notUnlocked.flatMap((slug) => {
      const key = came.find((candidate) => slugOf(candidate) === slug);
      if (key === undefined) return [];
      const message = `${key} was unlocked, and was not to be`;
      return [this.#failure({ path: `${path}.not_unlocked`, code: 'unexpected_unlock', message }, of, key)];
    });
  }

  #compareXp({ of, path, xp }: PackTestExpectation): PackTestFailure[] {
    const total = of.scope === 'team' ? 0 : this.#rehearsal.xpOf(of.id);
    if (xp === null || xp === total) return [];
    return [{ path: `${path}.xp`, code: 'wrong_xp', message: `${String(xp)} XP were expected, and ${String(total)} came`, why: null }];
  }

  #compareProgress({ of, path, progress }: PackTestExpectation): PackTestFailure[] {
    const items = new Map(this.#rehearsal.progressOf(of, this.#now ?? FIRST_AT_MS).map(({ slug, value }) => [slug, value]));
    return [...progress].flatMap(([slug, expected]) => {
      const value = items.get(slug) ?? 0;
      if (value === expected) return [];
      const message = `the value of ${slug} was expected to be ${String(expected)}, and is ${String(value)}`;
      return [this.#failure({ path: `${path}.progress[${JSON.stringify(slug)}]`, code: 'wrong_progress', message }, of, slug)];
    });
  }

  #failure(failure: Omit<PackTestFailure, 'why'>, { scope, id }: PackTestExpectation['of'], key: string): PackTestFailure {
    if (scope === 'user' && id === SOMEONE && this.#actors.size > 0 && !this.#actors.has(SOMEONE))
      return { ...failure, why: meantOthers([...this.#actors]) };
    const why = scope === 'team' ? null : this.#rehearsal.why(id, slugOf(key), this.#now ?? FIRST_AT_MS);
    return { ...failure, why };
  }
}

/** The events name their users, and the expectation names none. */
function meantOthers(actors: readonly string[]): string {
  const [first = ''] = actors;
  return `no event came without a user, and this expects something of who acts without a name. Those who acted are ${actors.join(', ')}: write then: { users: { ${first}: { … } } }`;
}

function keysOf({ unlocks }: Rehearsed, of: PackTestExpectation['of']): string[] {
  return unlocks.filter(({ scope, id }) => scope === of.scope && id === of.id).map(({ key }) => key);
}

function slugOf(key: string): string {
  return key.split(/[:@]/, 1)[0] ?? key;
}

/** What is left of a list when each element of another was taken out once. */
function without(list: readonly string[], taken: readonly string[]): string[] {
  const left = [...list];
  for (const key of taken) {
    const at = left.indexOf(key);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

/** `{n}` in texts, wherever they stand, becomes the number of the repetition. */
function numberTexts(value: unknown, n: number): unknown {
  if (typeof value === 'string') return value.replaceAll('{n}', String(n));
  if (Array.isArray(value)) return value.map((element) => numberTexts(element, n));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, numberTexts(member, n)]));
}

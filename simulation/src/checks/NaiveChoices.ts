import type { Rule } from '../scenario/rules.js';

type Choice = 'in' | 'out';

/** What somebody chose about being counted, up to one moment. */
export class NaiveChoices {
  static readonly none = new NaiveChoices(null, new Map());
  readonly #all: Choice | null;
  readonly #single: ReadonlyMap<string, Choice>;

  private constructor(all: Choice | null, single: ReadonlyMap<string, Choice>) {
    this.#all = all;
    this.#single = single;
  }

  /** Who is out of everything is out of what has no category too, such as XP by rules. */
  get isOutOfAll(): boolean {
    return this.#all === 'out';
  }

  with(choice: Choice, category: string | undefined): NaiveChoices {
    return category === undefined
      ? new NaiveChoices(choice, new Map())
      : new NaiveChoices(this.#all, new Map([...this.#single, [category, choice]]));
  }

  /** Of two accounts of one person: who said no under either is not counted. */
  and(other: NaiveChoices): NaiveChoices {
    const strictest = (one: Choice | null, two: Choice | null): Choice | null => (one === 'out' || two === 'out' ? 'out' : (one ?? two));
    const single = new Map<string, Choice>();
    for (const category of [...this.#single.keys(), ...other.#single.keys()]) {
      const choice = strictest(this.#of(category), other.#of(category));
      if (choice !== null) single.set(category, choice);
    }
    return new NaiveChoices(strictest(this.#all, other.#all), single);
  }

  refuse({ category, isSensitive }: Rule): boolean {
    const choice = this.#of(category);
    return choice === 'out' || (isSensitive && choice !== 'in');
  }

  #of(category: string): Choice | null {
    return this.#single.get(category) ?? this.#all;
  }
}

import type { ByteReader } from './byteReader.js';
import type { ByteWriter } from './byteWriter.js';
import { byText } from './heldUnlocks.js';

export type Choice = 'in' | 'out';

/** Categories that a user can have chosen about: more than a tenant will ever have. */
const CATEGORIES_MAX = 500;

/** What a user chose about being counted: for all categories, and for single ones since. The last word counts. */
export class Consent {
  #all: Choice | null = null;
  /** null while there are none, as with most users. */
  #categories: Map<string, Choice> | null = null;

  /** A choice for all takes the place of those made for single categories before. */
  chooseAll(choice: Choice): void {
    this.#all = choice;
    this.#categories = null;
  }

  /** Whether there was room for it. */
  choose(category: string, choice: Choice): boolean {
    this.#categories ??= new Map<string, Choice>();
    if (!this.#categories.has(category) && this.#categories.size >= CATEGORIES_MAX) return false;
    this.#categories.set(category, choice);
    return true;
  }

  /** Whether nothing was ever chosen, as by most. */
  get isSilent(): boolean {
    return this.#all === null && this.#categories === null;
  }

  of(category: string): Choice | null {
    return this.#categories?.get(category) ?? this.#all;
  }

  /** Whether the user is out of everything that has no category, such as XP by rules. */
  get outOfAll(): boolean {
    return this.#all === 'out';
  }

  /** Two accounts of one person: what either said no to is not counted, however they had said it. */
  merge(other: Consent): void {
    const categories = new Map<string, Choice>();
    for (const category of [...(this.#categories ?? []), ...(other.#categories ?? [])].map(([name]) => name))
      categories.set(category, stricter(this.of(category), other.of(category)) ?? 'out');
    if (categories.size > 0) this.#categories = categories;
    this.#all = stricter(this.#all, other.#all);
  }

  write(writer: ByteWriter): void {
    writer.byte(code(this.#all));
    writer.unsigned(this.#categories?.size ?? 0);
    for (const [category, choice] of [...(this.#categories ?? [])].sort(byText)) {
      writer.text(category);
      writer.byte(code(choice));
    }
  }

  static read(reader: ByteReader): Consent {
    const consent = new Consent();
    consent.#all = choiceOf(reader.byte());
    for (let count = reader.count(); count > 0; count--) {
      const category = reader.text();
      (consent.#categories ??= new Map()).set(category, choiceOf(reader.byte()) ?? 'out');
    }
    return consent;
  }
}

function stricter(one: Choice | null, two: Choice | null): Choice | null {
  return two === 'out' ? two : (one ?? two);
}

function code(choice: Choice | null): number {
  return choice === null ? 0 : choice === 'in' ? 1 : 2;
}

function choiceOf(byte: number): Choice | null {
  return byte === 0 ? null : byte === 1 ? 'in' : 'out';
}

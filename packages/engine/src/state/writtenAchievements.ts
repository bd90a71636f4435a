import type { AchievementState } from './achievementState.js';
import type { ByteWriter } from './byteWriter.js';

/** Slugs below this length have a length of one byte. */
const SHORT_BYTES_MAX = 128;

/**
 * What was written of a user's achievements last, so that the next time only those are looked at that changed since. Whatever
 * changes one says so here before it is written again, or has all forgotten. Bound: the bytes of one encoding, and 8 for each
 * achievement.
 */
export class WrittenAchievements {
  /** null where anything may have changed. */
  #bytes: Uint8Array | null = null;
  /** Where each begins in the bytes, by its place in the order of slugs, and behind them where the last one ends. */
  #starts: number[] = [];
  /** How many of them say anything. */
  #filled = 0;
  #changed: AchievementState[] | null = null;

  /** One of them changes. */
  note(achievement: AchievementState): void {
    if (achievement.writtenAt < 0) return;
    achievement.writtenAt = ~achievement.writtenAt;
    (this.#changed ??= []).push(achievement);
  }

  /** Any of them may change. */
  forget(): void {
    this.#bytes = null;
  }

  /** Writes how many say anything, and those. @param slugs of all of them, in the order that they are written in */
  write(writer: ByteWriter, achievements: ReadonlyMap<string, AchievementState>, slugs: readonly string[]): void {
    const bytes = this.#bytes;
    const changed = this.#changed ?? [];
    this.#changed = null;
    if (bytes !== null && this.#starts.length === slugs.length + 1 && changed.every((one) => this.#hasPlace(one, bytes)))
      this.#writeChanged(writer, { bytes, changed });
    else this.#writeAll(writer, achievements, slugs);
  }

  /** @param bytes all that the writer wrote, the achievements among it; nobody changes them afterwards */
  keep(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  #writeAll(writer: ByteWriter, achievements: ReadonlyMap<string, AchievementState>, slugs: readonly string[]): void {
    this.#filled = [...achievements.values()].filter((achievement) => !achievement.isEmpty).length;
    writer.unsigned(this.#filled);
    this.#starts = [];
    for (const slug of slugs) {
      const achievement = achievements.get(slug);
      if (achievement === undefined) continue;
      achievement.writtenAt = this.#starts.length;
      this.#starts.push(writer.length);
      if (achievement.isEmpty) continue;
      writer.text(slug);
      achievement.write(writer);
    }
    this.#starts.push(writer.length);
  }

  /** Whether it said something and still does, so that its slug is found where it was. */
  #hasPlace(achievement: AchievementState, bytes: Uint8Array): boolean {
    const place = ~achievement.writtenAt;
    const start = this.#startOf(place);
    return start < this.#startOf(place + 1) && (bytes[start] ?? SHORT_BYTES_MAX) < SHORT_BYTES_MAX && !achievement.isEmpty;
  }

  #writeChanged(writer: ByteWriter, { bytes, changed }: { bytes: Uint8Array; changed: AchievementState[] }): void {
    writer.unsigned(this.#filled);
    let next = 0;
    for (const achievement of changed.sort((a, b) => b.writtenAt - a.writtenAt)) {
      const place = ~achievement.writtenAt;
      this.#copy(writer, { bytes, from: next, until: place });
      const before = this.#startOf(place);
      this.#starts[place] = writer.length;
      writer.copy(bytes, before, before + 1 + (bytes[before] ?? 0));
      achievement.write(writer);
      achievement.writtenAt = place;
      next = place + 1;
    }
    this.#copy(writer, { bytes, from: next, until: this.#starts.length - 1 });
    this.#starts[this.#starts.length - 1] = writer.length;
  }

  /** What is written of those that have not changed, from one place to before another. */
  #copy(writer: ByteWriter, { bytes, from, until }: { bytes: Uint8Array; from: number; until: number }): void {
    const start = this.#startOf(from);
    const moved = writer.length - start;
    writer.copy(bytes, start, this.#startOf(until));
    if (moved !== 0) for (let place = from; place < until; place++) this.#starts[place] = this.#startOf(place) + moved;
  }

  #startOf(place: number): number {
    return this.#starts[place] ?? 0;
  }
}

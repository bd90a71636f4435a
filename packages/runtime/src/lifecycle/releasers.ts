import { RuntimeError } from '../errors.js';

type Release = () => Promise<void>;

export interface ReleaseBounds {
  /** For each. */
  timeoutMs: number;
  /** For all together; without it there are only those of each. */
  totalMs?: number;
}

/** Enough for what closes at once, such as a file or an idle connection. */
const LATE_RELEASE_MS = 500;

/** What has to be let go of, in the reverse of the order in which it was taken. */
export class Releasers {
  readonly #stack: { name: string; release: Release }[] = [];
  #released: Promise<void> | undefined;

  add(name: string, release: Release): void {
    this.#stack.push({ name, release });
  }

  /**
   * Releases the last taken first. One that fails, or takes longer than `timeoutMs`, is named in the error
   * and holds up none of the others. Once all together have taken `totalMs`, each of the rest has `LATE_RELEASE_MS` at most.
   * A second call waits for the first.
   * @throws RuntimeError `release_failed`
   */
  releaseAll(bounds: ReleaseBounds): Promise<void> {
    this.#released ??= this.#releaseEach(bounds);
    return this.#released;
  }

  async #releaseEach({ timeoutMs, totalMs = Number.POSITIVE_INFINITY }: ReleaseBounds): Promise<void> {
    const failures: { name: string; error: unknown }[] = [];
    const endMs = performance.now() + totalMs;
    for (let next = this.#stack.pop(); next !== undefined; next = this.#stack.pop()) {
      try {
        await within(Math.min(timeoutMs, Math.max(LATE_RELEASE_MS, Math.round(endMs - performance.now()))), next.release);
      } catch (error) {
        failures.push({ name: next.name, error });
      }
    }
    if (failures.length === 0) return;
    const names = failures.map(({ name, error }) => `${name} (${error instanceof Error ? error.message : String(error)})`).join(', ');
    throw new RuntimeError('release_failed', `could not be stopped cleanly: ${names}`, {
      cause: new AggregateError(failures.map(({ error }) => error)),
    });
  }
}

async function within(timeoutMs: number, release: Release): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([release(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

import { RuntimeError } from '../errors.js';

type Release = () => Promise<void>;

/** What has to be let go of, in the reverse of the order in which it was taken. */
export class Releasers {
  readonly #stack: { name: string; release: Release }[] = [];
  #released: Promise<void> | undefined;

  add(name: string, release: Release): void {
    this.#stack.push({ name, release });
  }

  /**
   * Releases the last taken first. One that fails, or takes longer than `timeoutMs`, is named in the error
   * and holds up none of the others. A second call waits for the first.
   * @throws RuntimeError `release_failed`
   */
  releaseAll({ timeoutMs }: { timeoutMs: number }): Promise<void> {
    this.#released ??= this.#releaseEach(timeoutMs);
    return this.#released;
  }

  async #releaseEach(timeoutMs: number): Promise<void> {
    const failures: { name: string; error: unknown }[] = [];
    for (let next = this.#stack.pop(); next !== undefined; next = this.#stack.pop()) {
      try {
        await within(timeoutMs, next.release);
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

/** Those that wait for something to change, and look for themselves whether it has changed enough. */
export class Waiters {
  readonly #waiting: (() => void)[] = [];

  /** Resolves when it has changed, or the signal says to stop. */
  changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const proceed = () => {
        signal.removeEventListener('abort', proceed);
        resolve();
      };
      signal.addEventListener('abort', proceed);
      this.#waiting.push(proceed);
    });
  }

  /** In the order in which they came. */
  wake(): void {
    for (const proceed of this.#waiting.splice(0)) proceed();
  }
}

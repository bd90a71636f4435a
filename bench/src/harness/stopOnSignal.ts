const running = new Set<() => Promise<void>>();

/** What is to be stopped when the benchmark is told to end before its time. @returns what takes it off the list */
export function stopOnSignal(stop: () => Promise<void>): () => void {
  running.add(stop);
  return () => running.delete(stop);
}

/** Leaves no server behind: the first signal stops all that runs, then ends the process. */
export function watchSignals(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      // Connections to what is being stopped break in the middle of whatever they were doing: nobody waits for that any more.
      process.on('uncaughtException', () => undefined);
      void Promise.allSettled([...running].map((stop) => stop())).then(() => process.exit(code));
    });
  }
}

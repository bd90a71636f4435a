import { constants } from 'node:os';
import type { Logger } from '../createLogger.js';

export type ShutdownSignal = 'SIGINT' | 'SIGTERM';

const SIGNALS: readonly ShutdownSignal[] = ['SIGINT', 'SIGTERM'];
/**
 * A Ctrl-C under npm arrives twice within a moment: from the terminal, which tells all of its foreground processes, and
 * from npm, which passes it on. That is one wish to stop, not the impatient second one.
 */
const ECHO_MS = 500;
/** How long after a finished shutdown a process may still be there before it is ended. */
const LINGER_MS_MAX = 3_000;

/**
 * The first signal calls `shutdown`, a second one ends the process at once. What still holds the process
 * after the shutdown is named and then ended, so that a forgotten handle never hangs a container.
 */
export function onSignals(shutdown: (signal: ShutdownSignal) => Promise<void>, options: { log?: Logger } = {}): void {
  const { log } = options;
  let first: { signal: ShutdownSignal; at: number } | undefined;

  const handle = (signal: ShutdownSignal): void => {
    if (first?.signal === signal && performance.now() - first.at < ECHO_MS) return;
    if (first !== undefined) {
      log?.warn({ signal }, 'a second signal: ending at once');
      process.exit(128 + constants.signals[signal]);
    }
    first = { signal, at: performance.now() };
    log?.info({ signal }, 'shutting down; a second signal ends at once');
    shutdown(signal).then(
      () => endLingering(log),
      (error: unknown) => {
        log?.error({ err: error }, 'the shutdown was not clean');
        process.exitCode = 1;
        endLingering(log);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, handle);
}

function endLingering(log: Logger | undefined): void {
  setTimeout(() => {
    log?.warn({ resources: process.getActiveResourcesInfo() }, 'something still holds the process after the shutdown: ending it');
    process.exit();
  }, LINGER_MS_MAX).unref();
}

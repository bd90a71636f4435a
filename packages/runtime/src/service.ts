/** One part of Cairn, as the composition root starts and stops it. */
export interface Service {
  /** Resolves once the service does its work; rejects where it cannot. */
  start(): Promise<void>;
  /** Finishes what was begun and lets go of everything; a second call does nothing. */
  stop(): Promise<void>;
}

/** Whether a service can do its work now, and what each thing that it needs says. */
export interface Readiness {
  ready: boolean;
  /** Name of what is needed → `ok`, or what is wrong with it. */
  checks: Record<string, string>;
}

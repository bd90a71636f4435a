import type { TestServers } from './testServers.js';

/** Servers for a run, and how to leave nothing of it behind. */
export interface StartedServers extends TestServers {
  stop(): Promise<void>;
}

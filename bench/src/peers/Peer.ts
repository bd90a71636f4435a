import type { AchievementDefinition, Catalogue } from '@cairn/engine';
import type { Submission } from '../pipeline/standardSubmissions.js';

/** What a peer finds: servers as durable as ours, the tables of `createTables`, and the work. */
export interface PeerContext {
  natsUrl: string;
  databaseUrl: string;
  dataDir: string;
  submissions: readonly Submission[];
  catalogue: Catalogue;
  achievements: readonly AchievementDefinition[];
}

/** Ready to begin, with the work waiting in its own queue. */
export interface PreparedPeer {
  /** Resolves when all the work is done. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** Another way to do the same work. */
export interface Peer {
  name: string;
  events: number;
  settings: Readonly<Record<string, string | number>>;
  /** Each is run on its own; the fastest stands for the peer. */
  concurrencies: readonly number[];
  prepare(context: PeerContext, concurrency: number): Promise<PreparedPeer>;
}

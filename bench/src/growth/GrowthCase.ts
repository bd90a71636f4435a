import type { PostgresSettings } from '@cairn/embedded';

/** One size of one thing; all else is the same in a series. */
export interface GrowthCase {
  /** `<what grows>-<how large>` */
  name: string;
  /** The smallest of the same series. */
  smallest: string;
  evaluators: number;
  /** That the events are drawn from. */
  activeUsers: number;
  /** That exist and have a state, the active ones among them; 0 where none does beforehand. */
  knownUsers: number;
  achievements: number;
  /** Rows in `events` before. */
  history: number;
  /** Besides those of the embedded PostgreSQL. */
  postgresSettings: PostgresSettings;
}

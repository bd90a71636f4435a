/** A table that the log decides all of, and how two generations of it are compared. */
export interface ComparedTable {
  name: string;
  /** What a row is known by, besides its tenant: columns, or the user's `kind` and `user_id` in the place of their key. */
  key: readonly string[];
  /** Columns that may differ though the log is the same. */
  ignored: readonly string[];
  /** What is compared in the place of a column. */
  instead?: Readonly<Record<string, string>>;
  /** Which rows say something. */
  only?: string;
}

/** By how much a total is not that of the entry before and its own amount, in whatever order those of one event stand. */
const TOTAL_OFF = `x.total_after - x.amount - lag(x.total_after, 1, 0::bigint) OVER (PARTITION BY x.tenant_key, x.user_key
                                                                           ORDER BY x.log_seq, x.ordinal)`;

/** Those of which `user_key` is a column are compared by the user's name, and all by the tenant's: surrogate keys are nobody's promise. */
export const COMPARED_TABLES: readonly ComparedTable[] = [
  { name: 'tenants', key: [], ignored: ['created_at'], only: 'x.timezone IS NOT NULL OR x.tier_order IS NOT NULL' },
  { name: 'tenant_settings', key: ['log_seq'], ignored: [] },
  { name: 'user_aliases', key: ['alias'], ignored: [] },
  { name: 'tenant_merges', key: [], ignored: [] },
  { name: 'packs', key: ['pack', 'log_seq'], ignored: [] },
  { name: 'achievement_versions', key: ['slug', 'version'], ignored: ['definition_key'] },
  // What it matched only serves to find evidence, and is not noted where none is needed any more: evidence is compared.
  { name: 'events', key: ['event_id_hash'], ignored: ['matched', 'origin_key'] },
  // Where the partition stood when it was written depends on what a batch held.
  { name: 'user_state', key: ['kind', 'user_id'], ignored: ['last_seq'] },
  // What one event brings about has one order where it is folded as it comes, and another where a recount finds a part of it later.
  { name: 'unlocks', key: ['kind', 'user_id', 'slug', 'level', 'period'], ignored: ['ordinal', 'xp_total'] },
  { name: 'xp_entries', key: ['kind', 'user_id', 'entry_id'], ignored: ['ordinal'], instead: { total_after: TOTAL_OFF } },
];

/** What a generation brings along besides: it takes the place of the live one, but holds nothing to compare. */
export const MOVED_TABLES: readonly string[] = [
  'tenant_settings',
  'user_aliases',
  'tenant_merges',
  'packs',
  'achievement_versions',
  'users',
  'events',
  'user_state',
  'unlocks',
  'xp_entries',
  'recounts',
];

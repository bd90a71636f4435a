import { bigint, integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/**
 * What a publication or a setting asked of a partition and is not done yet for all of its users: `recount` evaluates `slugs` and
 * `xp_rules` over the history, `recheck` unlocks what is met already. A row goes away in the transaction that ends the work.
 */
export const recounts = pgTable(
  'recounts',
  {
    tenantKey: integer('tenant_key').notNull(),
    /** The entry that asked for it, its id and its time. */
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    at: instant('at').notNull(),
    /** A recheck goes through the users by their keys: up to here it is done. */
    scannedKey: bigint('scanned_key', { mode: 'number' }).notNull().default(0),
    /** How far a recount has read the log for the slice at hand: for those who watch. */
    readSeq: bigint('read_seq', { mode: 'number' }).notNull().default(0),
    /** Users are recounted in slices, as many as it takes for one to fit into memory. */
    slices: integer('slices').notNull().default(1),
    slicesDone: integer('slices_done').notNull().default(0),
    partition: smallint('partition').notNull(),
    kind: keyText('kind').$type<'recount' | 'recheck'>().notNull(),
    cause: text('cause').notNull(),
    slugs: text('slugs').array().notNull(),
    xpRules: text('xp_rules').array().notNull(),
    /** Changes by hand that had their turn with users of the slice at hand: where that is begun anew, they are left out. */
    byHand: text('by_hand').array().notNull().default([]),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.partition, t.logSeq, t.kind] })],
);

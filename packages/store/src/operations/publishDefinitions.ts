import { int4Array, textArray } from '../binaryArrays.js';
import { inTransaction } from '../inTransaction.js';
import type { Queryable } from '../Queryable.js';
import { runCommand, runQuery } from '../runQuery.js';
import { StoreError } from '../StoreError.js';

export interface Publication {
  tenantKey: number;
  pack: string;
  /** The control entry that publishes. */
  logSeq: number;
  /** Epoch milliseconds. */
  publishedAt: number;
  publishedBy: string;
  /** The normalised pack. */
  content: unknown;
  versions: readonly { slug: string; version: number; definition: unknown }[];
  /** Slugs that were in the pack and are no more. */
  retired: readonly string[];
}

export interface PublishedVersion {
  slug: string;
  version: number;
  definitionKey: number;
}

/**
 * Writes what a control entry publishes. Idempotent: every partition folds the same entry, and those that come after the first
 * find its rows. Rejects with `version_taken` where a version exists from another entry: the caller's catalogue is not the log's.
 */
export async function publishDefinitions(db: Queryable, publication: Publication): Promise<PublishedVersion[]> {
  return inTransaction(db, async (client) => {
    await insertPack(client, publication);
    await insertVersions(client, publication);
    await retire(client, publication);
    return readVersions(client, publication);
  });
}

async function insertPack(db: Queryable, p: Publication): Promise<void> {
  await runCommand(db, {
    text: `INSERT INTO packs (tenant_key, pack, log_seq, content, published_at, published_by)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    values: [p.tenantKey, p.pack, p.logSeq, JSON.stringify(p.content), instantText(p), p.publishedBy],
  });
}

async function insertVersions(db: Queryable, p: Publication): Promise<void> {
  await runCommand(db, {
    text: `INSERT INTO achievement_versions (tenant_key, pack, log_seq, published_at, published_by, slug, version, definition)
           SELECT $1, $2, $3, $4, $5, v.slug, v.version, v.definition::jsonb
             FROM unnest($6::text[], $7::int4[], $8::text[]) AS v(slug, version, definition)
            ORDER BY v.slug COLLATE "C", v.version
           ON CONFLICT (tenant_key, slug, version) DO NOTHING`,
    values: [
      p.tenantKey,
      p.pack,
      p.logSeq,
      instantText(p),
      p.publishedBy,
      textArray(p.versions.map((v) => v.slug)),
      int4Array(p.versions.map((v) => v.version)),
      textArray(p.versions.map((v) => JSON.stringify(v.definition))),
    ],
  });
}

/** Versions of the slug that come later in the log are not meant. */
async function retire(db: Queryable, p: Publication): Promise<void> {
  await runCommand(db, {
    text: `UPDATE achievement_versions SET retired_seq = $2
            WHERE tenant_key = $1 AND slug = ANY ($3::text[]) AND log_seq < $2 AND retired_seq IS NULL`,
    values: [p.tenantKey, p.logSeq, textArray(p.retired)],
  });
}

async function readVersions(db: Queryable, p: Publication): Promise<PublishedVersion[]> {
  const rows = await runQuery<PublishedVersion & { logSeq: number }>(db, {
    text: `SELECT a.slug, a.version, a.definition_key AS "definitionKey", a.log_seq AS "logSeq"
             FROM unnest($2::text[], $3::int4[]) WITH ORDINALITY AS v(slug, version, ordinal)
             JOIN achievement_versions AS a ON a.tenant_key = $1 AND a.slug = v.slug AND a.version = v.version
            ORDER BY v.ordinal`,
    values: [p.tenantKey, textArray(p.versions.map((v) => v.slug)), int4Array(p.versions.map((v) => v.version))],
  });
  const foreign = rows.find((row) => row.logSeq !== p.logSeq);
  if (foreign !== undefined) {
    throw new StoreError(
      'version_taken',
      `version ${foreign.version} of ${foreign.slug} was published at ${foreign.logSeq}, not at ${p.logSeq}`,
    );
  }
  return rows.map(({ slug, version, definitionKey }) => ({ slug, version, definitionKey }));
}

function instantText(p: Publication): string {
  return new Date(p.publishedAt).toISOString();
}

import { type FreshDatabase, freshDatabase } from '@cairn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../Database.js';
import { NOON } from '../testing/batches.js';
import { emptyTables, migratedDatabase, openTestDatabase } from '../testing/TestStore.js';
import { ensureTenant } from './ensureTenant.js';
import { listAchievementVersions } from './listAchievementVersions.js';
import { listTenants, listTenantsAt } from './listTenants.js';
import { loadCatalogue } from './loadCatalogue.js';
import { type Publication, publishDefinitions } from './publishDefinitions.js';

let fresh: FreshDatabase;
let database: Database;
let tenantKey: number;

beforeAll(async () => {
  fresh = await freshDatabase(migratedDatabase);
  database = openTestDatabase(fresh.url);
});

beforeEach(async () => {
  await emptyTables(database.pool);
  ({ tenantKey } = await ensureTenant(database.pool, 'default'));
});

afterAll(async () => {
  await database.close();
  await fresh.drop();
});

function publication(of: Partial<Publication> & { logSeq: number }): Publication {
  return { tenantKey, pack: 'git', publishedAt: NOON, publishedBy: 'ci', content: { at: of.logSeq }, versions: [], retired: [], ...of };
}

function version(slug: string, number: number) {
  return { slug, version: number, definition: { name: `${slug} "${number}" é` } };
}

async function slugsAt(atSequence: number): Promise<string[]> {
  const { definitions } = await loadCatalogue(database.pool, { tenantKey, atSequence });
  return definitions.map((row) => `${row.slug}@${row.version}`);
}

describe('publishDefinitions', () => {
  it('answers the key of each version, in the order given', async () => {
    const published = await publishDefinitions(database.pool, publication({ logSeq: 5, versions: [version('b', 1), version('a', 1)] }));
    expect(published.map(({ slug, version: number }) => [slug, number])).toEqual([
      ['b', 1],
      ['a', 1],
    ]);
    expect(new Set(published.map(({ definitionKey }) => definitionKey)).size).toBe(2);
  });

  it('does the same thing once, however many partitions fold the same entry at the same time', async () => {
    const same = publication({ logSeq: 5, versions: [version('a', 1), version('b', 1)] });
    const answers = await Promise.all(Array.from({ length: 4 }, () => publishDefinitions(database.pool, same)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await listAchievementVersions(database.pool, { tenantKey, slug: 'a' })).toHaveLength(1);
  });

  it('refuses a version that another entry has published, and leaves nothing behind', async () => {
    await publishDefinitions(database.pool, publication({ logSeq: 5, versions: [version('a', 1)] }));
    const other = publication({ logSeq: 6, versions: [version('b', 1), version('a', 1)] });
    await expect(publishDefinitions(database.pool, other)).rejects.toMatchObject({ code: 'version_taken' });
    expect(await slugsAt(100)).toEqual(['a@1']);
  });
});

describe('loadCatalogue', () => {
  it('gives what was in effect at each place in the log', async () => {
    await publishDefinitions(database.pool, publication({ logSeq: 10, versions: [version('a', 1), version('b', 1)] }));
    await publishDefinitions(database.pool, publication({ logSeq: 20, versions: [version('a', 2)] }));
    await publishDefinitions(database.pool, publication({ logSeq: 30, retired: ['a'] }));
    await publishDefinitions(database.pool, publication({ logSeq: 40, versions: [version('a', 3)] }));
    // A partition that comes late folds the retirement once more: the version after it stays.
    await publishDefinitions(database.pool, publication({ logSeq: 30, retired: ['a'] }));
    expect(await slugsAt(9)).toEqual([]);
    expect(await slugsAt(10)).toEqual(['a@1', 'b@1']);
    expect(await slugsAt(29)).toEqual(['a@2', 'b@1']);
    expect(await slugsAt(30)).toEqual(['b@1']);
    expect(await slugsAt(40)).toEqual(['a@3', 'b@1']);
  });

  it('gives every column of a definition, and the newest of each pack', async () => {
    const [a] = await publishDefinitions(database.pool, publication({ logSeq: 10, versions: [version('a', 1)] }));
    await publishDefinitions(database.pool, publication({ logSeq: 20 }));
    await publishDefinitions(database.pool, publication({ logSeq: 15, pack: 'other' }));
    expect(await loadCatalogue(database.pool, { tenantKey, atSequence: 20 })).toEqual({
      settings: { timezone: null, tierOrder: null },
      definitions: [
        {
          ...{ slug: 'a', version: 1, definitionKey: a?.definitionKey, pack: 'git', logSeq: 10 },
          ...{ publishedAt: NOON, publishedBy: 'ci', definition: { name: 'a "1" é' } },
        },
      ],
      packs: [
        { pack: 'git', logSeq: 20, publishedAt: NOON, publishedBy: 'ci', content: { at: 20 } },
        { pack: 'other', logSeq: 15, publishedAt: NOON, publishedBy: 'ci', content: { at: 15 } },
      ],
    });
  });

  it('keeps tenants apart', async () => {
    const other = await ensureTenant(database.pool, 'other');
    await publishDefinitions(database.pool, publication({ logSeq: 10, tenantKey: other.tenantKey, versions: [version('a', 1)] }));
    expect(await slugsAt(10)).toEqual([]);
    expect(await listAchievementVersions(database.pool, { tenantKey, slug: 'a' })).toEqual([]);
  });
});

describe('the history of an achievement', () => {
  it('is newest first, with where it was retired', async () => {
    await publishDefinitions(database.pool, publication({ logSeq: 10, versions: [version('a', 1)] }));
    await publishDefinitions(database.pool, publication({ logSeq: 20, retired: ['a'] }));
    await publishDefinitions(database.pool, publication({ logSeq: 30, versions: [version('a', 2)] }));
    const history = await listAchievementVersions(database.pool, { tenantKey, slug: 'a' });
    expect(history.map(({ version: number, logSeq, retiredSeq }) => [number, logSeq, retiredSeq])).toEqual([
      [2, 30, null],
      [1, 10, 20],
    ]);
  });
});

describe('tenants', () => {
  it('that have published by a place in the log are told from those that have not', async () => {
    await ensureTenant(database.pool, 'empty');
    await publishDefinitions(database.pool, publication({ logSeq: 10 }));
    expect((await listTenants(database.pool)).map(({ tenantId }) => tenantId)).toEqual(['default', 'empty']);
    expect(await listTenantsAt(database.pool, { atSequence: 9 })).toEqual([]);
    expect(await listTenantsAt(database.pool, { atSequence: 10 })).toEqual([{ tenantKey, tenantId: 'default' }]);
    expect(await listTenantsAt(database.pool, { atSequence: 10, limit: 0 })).toEqual([]);
  });
});

import { type CairnEvent, type ControlBody, partitionOf } from '@cairn/contracts';
import { countForwards, findTenantMerge } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RedactedLog } from './log/RedactedLog.js';
import { copyHistory } from './tenants/copyHistory.js';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness, PARTITIONS } from './testing/EvaluatorHarness.js';
import { differencesToReplay } from './testing/replayed.js';

/** Events of the history that comes along in the largest of these tests: more than are on their way at a time. */
const MANY = 2_500;

let harness: EvaluatorHarness;

beforeEach(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.close();
});

type Said = Omit<Parameters<typeof anEvent>[0], 'id'> & { id?: string };

const inTenant = (tenantId: string, event: CairnEvent): CairnEvent => ({ ...event, tenantId });
/** Each on a day of its own. */
const buildsOf = ({ tenantId, user, ...more }: Said & { tenantId: string; user: string }, numbers: readonly number[]) =>
  numbers.map((n) => inTenant(tenantId, anEvent({ id: `${user}-${n}`, user, at: `2026-04-${String(10 + n)}T10:00:00Z`, ...more })));
const builds = (tenantId: string, user: string, numbers: readonly number[]) => buildsOf({ tenantId, user }, numbers);
const merge = (from: string, into: string): Promise<number> =>
  harness.appendControl({ kind: 'tenant_merged', into, reason: 'one department' } satisfies ControlBody, from);

/** `out` or `in`, of all or of a category. */
const choice = (tenantId: string, who: string, what: 'out' | 'in' | `in/${string}`) => {
  const [how = '', category] = what.split('/');
  const properties = category === undefined ? {} : { category };
  return inTenant(tenantId, anEvent({ id: `${who}-${how}`, user: who, type: `privacy.opted_${how}`, properties }));
};

interface Standing {
  who: string;
  xp: number;
  held: string[];
  events: number;
}

/** Who of a tenant holds what. */
async function standings(tenantId: string): Promise<Standing[]> {
  return harness.rows<Standing>(
    `SELECT u.user_id AS who,
            (SELECT coalesce(sum(amount), 0)::int FROM xp_entries AS x WHERE x.user_key = u.user_key) AS xp,
            (SELECT coalesce(json_agg(slug ORDER BY slug), '[]') FROM unlocks AS k WHERE k.user_key = u.user_key AND revoked_at IS NULL) AS held,
            (SELECT count(*)::int FROM events AS e WHERE e.user_key = u.user_key) AS events
       FROM users AS u JOIN tenants AS t USING (tenant_key) WHERE u.kind = 0 AND t.tenant_id = '${tenantId}' ORDER BY 1`,
  );
}

const each = { xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }] };

describe('a tenant merged into another', () => {
  // proves: tenants-one
  it('is one with it: who was in both is one person, and nothing is paid twice', async () => {
    await harness.startEvaluator('one');
    const pack = [aCount('two', 2), aCount('five', 5)];
    await harness.publishPack(pack, { ...each, tenantId: 'lab' });
    await harness.publishPack(pack, { ...each, tenantId: 'corp' });
    await harness.append([...builds('lab', 'ada', [1, 2, 3]), ...builds('lab', 'ben', [1, 2])]);
    await harness.append([...builds('corp', 'ada', [1, 2]), ...builds('corp', 'eva', [1])]);
    await merge('lab', 'corp');
    // Who sends does not know, and one of them is new.
    await harness.append([...builds('lab', 'ben', [3]), ...builds('lab', 'finn', [1]), ...builds('corp', 'eva', [2])]);
    await harness.broughtAlong();

    // The same ids were used in both, and are different events.
    expect(await standings('corp')).toEqual([
      { who: 'ada', xp: 25, held: ['five', 'two'], events: 5 },
      { who: 'ben', xp: 13, held: ['two'], events: 3 },
      { who: 'eva', xp: 12, held: ['two'], events: 2 },
      { who: 'finn', xp: 1, held: [], events: 1 },
    ]);
    const told = await harness.published('events.achievement.unlocked', 5);
    const toldOfCorp = told.filter(({ tenant_id }) => tenant_id === 'corp');
    expect(toldOfCorp.filter(({ backfilled }) => !backfilled).map(({ user_id }) => user_id)).toEqual(['ada', 'eva']);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  // proves: tenants-one
  it('takes a repetition for one, whichever of both it was told and whenever', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2)], { tenantId: 'corp' });
    const deed = { ref: 'commit/1' };
    const early = builds('lab', 'ada', [1, 2]);
    await harness.append([
      ...early,
      ...buildsOf({ tenantId: 'lab', user: 'ada', ...deed }, [3]),
      ...buildsOf({ tenantId: 'corp', user: 'ada', ...deed }, [9]),
    ]);
    await merge('lab', 'corp');
    await harness.append([...early, ...builds('lab', 'ada', [4])]);
    await harness.append(builds('lab', 'ada', [4]));
    await harness.broughtAlong();
    expect(await standings('corp')).toEqual([{ who: 'ada', xp: 10, held: ['two'], events: 4 }]);
    expect(await harness.rows("SELECT event_id FROM events JOIN tenants USING (tenant_key) WHERE tenant_id = 'corp' ORDER BY 1")).toEqual(
      ['ada-9', 'lab:ada-1', 'lab:ada-2', 'lab:ada-4'].map((event_id) => ({ event_id })),
    );
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('brings along what counted: nothing that was retracted, and each under the name that they went by last', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2)], { tenantId: 'corp' });
    await harness.append([...builds('lab', 'ada', [1, 2]), ...builds('lab', 'ada.king', [1])]);
    await harness.appendControl({ kind: 'event_retracted', eventId: 'ada-1', userId: 'ada', reason: 'a mistake' }, 'lab');
    await harness.appendControl({ kind: 'users_merged', from: 'ada', into: 'ada.king', reason: 'married' }, 'lab');
    await merge('lab', 'corp');
    await harness.append(builds('lab', 'ada', [3]));
    await harness.broughtAlong();
    expect(await standings('corp')).toEqual([{ who: 'ada.king', xp: 10, held: ['two'], events: 3 }]);
    // What came along is corrected as all else.
    await harness.appendControl({ kind: 'event_retracted', eventId: 'lab:ada-2', userId: 'ada.king', reason: 'another' }, 'corp');
    await harness.publishPack([aCount('two', 2), aCount('three', 3), aCount('later', 2)], { tenantId: 'corp' });
    await harness.broughtAlong();
    expect(await standings('corp')).toMatchObject([{ held: ['later', 'two'] }]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('lets who was known to the other keep the settings that they have there, but for that they opted out', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('one', 1)], { tenantId: 'corp' });
    const say = (tenantId: string, who: string, type: string) => {
      const [user = '', id = ''] = who.split('/');
      return inTenant(tenantId, anEvent({ id, user, type }));
    };
    await harness.append([say('corp', 'ada/o1', 'privacy.opted_out'), say('lab', 'ada/i1', 'privacy.opted_in')]);
    await harness.append([
      ...buildsOf({ tenantId: 'corp', user: 'ben', type: 'other.thing' }, [9]),
      say('lab', 'ben/o2', 'privacy.opted_out'),
    ]);
    await harness.append([say('lab', 'eva/o3', 'privacy.opted_out'), say('lab', 'eva/i3', 'privacy.opted_in')]);
    await merge('lab', 'corp');
    await harness.broughtAlong();
    await harness.append(['ada', 'ben', 'eva'].flatMap((user) => builds('corp', user, [1])));
    await harness.broughtAlong();
    expect((await standings('corp')).map(({ who, held }) => [who, held])).toEqual([
      ['ada', []],
      ['ben', []],
      ['eva', ['one']],
    ]);
  });

  it('lets who was renamed there keep the settings that they have there', async () => {
    await harness.publishPack([aCount('one', 1)], { tenantId: 'corp' });
    await harness.append([choice('corp', 'ada.king', 'out'), choice('lab', 'ada', 'in')]);
    await harness.appendControl({ kind: 'users_merged', from: 'ada', into: 'ada.king', reason: 'married' }, 'corp');
    await merge('lab', 'corp');
    await harness.startEvaluator('one');
    await harness.broughtAlong();
    await harness.append(builds('corp', 'ada.king', [1]));
    await harness.broughtAlong();
    expect(await standings('corp')).toMatchObject([
      { who: 'ada', events: 0 },
      { who: 'ada.king', held: [], events: 2 },
    ]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('does not let old settings come behind those that were chosen since', async () => {
    await harness.publishPack([aCount('one', 1)], { tenantId: 'corp' });
    await harness.append(['ada', 'ben', 'eva'].map((user) => choice('lab', user, 'out')));
    await merge('lab', 'corp');
    // Of one thing alone, it says nothing of all else.
    await harness.append([choice('corp', 'ada', 'in'), choice('corp', 'ben', 'in/other')]);
    await harness.startEvaluator('one');
    await harness.broughtAlong();
    await harness.append(['ada', 'ben', 'eva'].flatMap((user) => builds('corp', user, [1])));
    await harness.broughtAlong();
    expect((await standings('corp')).map(({ who, held }) => [who, held])).toEqual([
      ['ada', ['one']],
      ['ben', []],
      ['eva', []],
    ]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('is over: nothing is published, given or merged there any more, and no circle is closed', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('one', 1)], { tenantId: 'corp' });
    await harness.append([...builds('lab', 'ada', [1]), ...builds('corp', 'eva', [1])]);
    await merge('lab', 'corp');
    await merge('corp', 'lab');
    await merge('lab', 'elsewhere');
    await merge('lab', 'lab');
    await harness.publishPack([aCount('lost', 1)], { tenantId: 'lab' });
    await harness.append([...builds('lab', 'ada', [2]), ...builds('corp', 'eva', [2])]);
    await harness.broughtAlong();
    expect(await harness.rows('SELECT tenant_id, into_tenant FROM tenant_merges JOIN tenants USING (tenant_key)')).toEqual([
      { tenant_id: 'lab', into_tenant: 'corp' },
    ]);
    expect(await standings('corp')).toMatchObject([
      { who: 'ada', held: ['one'], events: 2 },
      { who: 'eva', held: ['one'], events: 2 },
    ]);
    expect(await harness.rows("SELECT slug FROM achievement_versions WHERE slug = 'lost'")).toEqual([]);
    // Merged on, all of it goes along.
    await harness.publishPack([aCount('three', 3)], { tenantId: 'group' });
    await merge('corp', 'group');
    await harness.append(builds('lab', 'ada', [3]));
    await harness.broughtAlong();
    expect(await standings('group')).toMatchObject([
      { who: 'ada', held: ['three'], events: 3 },
      { who: 'eva', held: [], events: 2 },
    ]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('gives what does not follow from the history, silently, and gives back nothing that was taken there', async () => {
    await harness.startEvaluator('one');
    const byHand = (slug: string) => ({ ...aCount(slug, 1), criteria: { type: 'manual' } });
    const pack = [byHand('medal'), byHand('badge'), aCount('five', 5)];
    await harness.publishPack([...pack, byHand('only-lab'), aCount('easy', 1)], { tenantId: 'lab' });
    await harness.publishPack([...pack, aCount('easy', 2)], { tenantId: 'corp' });
    const say = (kind: 'unlock_granted' | 'unlock_revoked', slug: string, tenantId: string) =>
      harness.appendControl({ kind, userId: 'ada', slug, level: null, period: null, reason: 'well done' }, tenantId);
    await harness.append(builds('lab', 'ada', [1]));
    for (const slug of ['medal', 'badge', 'five', 'only-lab']) await say('unlock_granted', slug, 'lab');
    await say('unlock_revoked', 'five', 'lab');
    await say('unlock_granted', 'badge', 'corp');
    await say('unlock_revoked', 'badge', 'corp');
    await merge('lab', 'corp');
    await harness.broughtAlong();
    // What is easier there was held, and stays so.
    expect(await standings('corp')).toEqual([{ who: 'ada', xp: 20, held: ['easy', 'medal'], events: 1 }]);
    const rows = await harness.rows<{ slug: string; at: string; backfilled: boolean; reason: string }>(
      `SELECT slug, to_char(unlocked_at AT TIME ZONE 'UTC', 'MM-DD') AS at, k.backfilled, a.reason
         FROM unlocks AS k JOIN tenants AS t USING (tenant_key) JOIN audit AS a ON a.audit_id::text = k.caused_by
        WHERE t.tenant_id = 'corp' AND revoked_at IS NULL ORDER BY slug`,
    );
    const reason = 'held in "lab" before it was merged';
    expect(rows).toEqual([
      { slug: 'easy', at: '04-11', backfilled: true, reason },
      { slug: 'medal', at: '06-01', backfilled: true, reason },
    ]);
    // It stays so, whatever is counted anew.
    await harness.publishPack([...pack, aCount('easy', 3)], { tenantId: 'corp' });
    await harness.append(builds('lab', 'ada', [2, 3]));
    await harness.broughtAlong();
    expect(await standings('corp')).toEqual([{ who: 'ada', xp: 20, held: ['easy', 'medal'], events: 3 }]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('counts for the teams of the other', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('together', 4, { scope: 'team' })], { tenantId: 'corp' });
    await harness.append([
      ...buildsOf({ tenantId: 'lab', user: 'ada', team: 'all' }, [1, 2]),
      ...buildsOf({ tenantId: 'corp', user: 'ada', team: 'all' }, [1, 2]),
    ]);
    await merge('lab', 'corp');
    await harness.broughtAlong();
    const ofTeams = "SELECT slug FROM unlocks JOIN users USING (user_key) WHERE kind = 1 AND user_id = 'all'";
    await eventually(async () => expect(await harness.rows(ofTeams)).toEqual([{ slug: 'together' }]));
    expect(await differencesToReplay(harness)).toEqual([]);
  });
});

describe('a log that was trimmed while a history comes along', () => {
  const copied = async (): Promise<boolean> => {
    const merge = await findTenantMerge(harness.database.pool, 'lab');
    if (merge === null) throw new Error('the merge is not in effect');
    const publish = async (subject: string, data: Uint8Array) => (await jetstream(harness.nats).publish(subject, data)).seq;
    const ports = { database: harness.database, log: await RedactedLog.connect(harness.nats), partitions: PARTITIONS, publish };
    return (await copyHistory(merge, ports, new AbortController().signal)).isFinished;
  };
  const trimTo = async (seq: number) => (await jetstreamManager(harness.nats)).streams.purge('CAIRN_LOG', { seq });

  it('loses nothing without a word: it says so, and nothing is taken for through', async () => {
    const evaluator = await harness.startEvaluator('one');
    await harness.append(builds('lab', 'ada', [1, 2]));
    const kept = await harness.append(builds('lab', 'ada', [3]));
    await harness.evaluated();
    await harness.stopEvaluator(evaluator);
    await trimTo(kept);
    await merge('lab', 'corp');
    await harness.startEvaluator('two');
    await harness.evaluated();
    await expect(copied()).rejects.toMatchObject({ code: 'history_trimmed' });
    expect(await standings('corp')).toEqual([]);
    expect(await countForwards(harness.database.pool)).toBe(1);
  });

  it('goes on where all of it came along before, and only the note of that was lost', async () => {
    const evaluator = await harness.startEvaluator('one');
    await harness.append(builds('lab', 'ada', [1, 2, 3]));
    const merged = await merge('lab', 'corp');
    await harness.broughtAlong();
    await harness.stopEvaluator(evaluator);
    await harness.rows('DELETE FROM tenant_copies');
    await trimTo(merged + 1);
    await harness.startEvaluator('two');
    await harness.broughtAlong();
    expect(await standings('corp')).toMatchObject([{ who: 'ada', events: 3 }]);
  });
});

describe('tenants merged while events come', () => {
  const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);
  const eventsOfCorp = async () => (await standings('corp')).reduce((sum, { events }) => sum + events, 0);
  const round = (n: number) =>
    harness.append(users.flatMap((user) => ['lab', 'corp', 'others'].flatMap((tenantId) => builds(tenantId, user, [n]))));

  async function isConsistent(rounds: number): Promise<void> {
    expect(await standings('corp')).toEqual([...users].sort().map((who) => ({ who, xp: 20, held: ['some', 'ten'], events: 2 * rounds })));
    expect(await standings('others')).toEqual([...users].sort().map((who) => ({ who, xp: 0, held: [], events: rounds })));
    expect(await differencesToReplay(harness)).toEqual([]);
  }

  beforeEach(async () => {
    await harness.publishPack([aCount('some', 4), aCount('ten', 10)], { tenantId: 'corp' });
    await harness.publishPack([aCount('some', 4)], { tenantId: 'lab' });
  });

  // proves: tenants-one
  it('are one however often connections are cut, and whoever takes over', async () => {
    let evaluators = [await harness.startEvaluator('one'), await harness.startEvaluator('two')];
    for (let n = 0; n < 6; n++) {
      await round(n);
      if (n === 2) await merge('lab', 'corp');
      await harness.cutDatabaseConnections();
      const [first, ...others] = evaluators;
      if (n % 2 === 1 && first !== undefined) {
        await harness.stopEvaluator(first);
        evaluators = [...others, await harness.startEvaluator(`later-${n}`)];
      }
    }
    await harness.broughtAlong({ timeoutMs: 60_000 });
    await isConsistent(6);
  });

  // proves: tenants-one
  it('are one though whoever brings the history along goes in the middle of it', async () => {
    const first = await harness.startEvaluator('one');
    const history = Array.from({ length: MANY }, (_, n) => inTenant('lab', anEvent({ id: `h-${n}`, user: `user-${n % 12}` })));
    for (let n = 0; n < MANY; n += 250) await harness.append(history.slice(n, n + 250));
    const guard = await harness.database.pool.connect();
    await guard.query('BEGIN');
    // How far it came cannot be noted for now.
    await guard.query('LOCK TABLE tenant_copies IN SHARE ROW EXCLUSIVE MODE');
    await merge('lab', 'corp');
    await eventually(async () => expect(await eventsOfCorp()).toBeGreaterThan(0));
    const stopping = harness.stopEvaluator(first);
    await guard.query('ROLLBACK');
    guard.release();
    await stopping;
    expect(await eventsOfCorp()).toBeLessThan(MANY);
    expect(await harness.rows('SELECT 1 FROM tenant_copies WHERE finished_at IS NOT NULL')).toEqual([]);
    // What was put into the log and not noted comes once more; where it stopped before the first note, that is all of it.
    await harness.rows('UPDATE tenant_copies SET scanned_seq = 0, events = 0');
    await harness.startEvaluator('two');
    await harness.broughtAlong({ timeoutMs: 60_000 });
    expect(await eventsOfCorp()).toBe(MANY);
    expect(await harness.rows('SELECT events::int FROM tenant_copies')).toEqual([{ events: MANY }]);
    expect(new Set(history.map(({ userId }) => partitionOf('corp', userId, PARTITIONS))).size).toBeGreaterThan(1);
    expect(await differencesToReplay(harness)).toEqual([]);
  });
});
